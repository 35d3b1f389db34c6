import {
  asRecord,
  asText,
  asTextRecord,
  type Descriptor,
  isMediaType,
  parseDescriptor,
} from './descriptor.ts';
import { OciError } from './errors.ts';
import { indexMediaTypes, manifestMediaTypes, mediaTypes } from './media-type.ts';

/** The largest manifest that is read or accepted; the distribution specification asks for at least this. */
export const manifestSizeLimit = 4 * 1024 * 1024;

interface Common {
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** One image, or an artifact in an image's shape. */
export interface ImageManifest extends Common {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** A list of manifests, usually one per platform. */
export interface ImageIndex extends Common {
  readonly manifests: readonly Descriptor[];
}

export type Manifest = ({ kind: 'image' } & ImageManifest) | ({ kind: 'index' } & ImageIndex);

/**
 * Reads a manifest that came from outside. `contentType` is what the sender called it, used where the bytes do not
 * say. Throws MANIFEST_INVALID when it is no manifest, contradicts its own type, or names content by bad digests.
 */
export function parseManifest(bytes: Uint8Array, contentType?: string): Manifest {
  if (bytes.byteLength > manifestSizeLimit) throw invalid('the manifest is larger than 4 MiB');
  const value = parseJson(bytes);
  try {
    return readManifest(asRecord(value, 'manifest'), contentType);
  } catch (error) {
    if (error instanceof OciError) throw new OciError('MANIFEST_INVALID', error.message, { cause: error });
    throw error;
  }
}

/** The bytes of a manifest, index or config as this package writes them: compact, in the given key order. */
export function encodeJson(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function readManifest(fields: Record<string, unknown>, contentType: string | undefined): Manifest {
  if (fields.schemaVersion !== 2) throw invalid('manifest.schemaVersion is not 2');
  const mediaType = mediaTypeOf(fields, contentType);
  const common = readCommon(fields, mediaType);
  if (indexMediaTypes.includes(mediaType)) {
    return { kind: 'index', ...common, manifests: descriptors(fields.manifests, 'manifest.manifests') };
  }
  return {
    kind: 'image',
    ...common,
    config: parseDescriptor(fields.config, 'manifest.config'),
    layers: descriptors(fields.layers, 'manifest.layers'),
  };
}

function mediaTypeOf(fields: Record<string, unknown>, contentType: string | undefined): string {
  const own = fields.mediaType === undefined ? undefined : asText(fields.mediaType, 'manifest.mediaType');
  const called = contentType?.split(';')[0]?.trim();
  if (own !== undefined && called !== undefined && own !== called) {
    throw invalid(`it was sent as ${called} but calls itself ${own}`);
  }
  const mediaType =
    own ?? called ?? (fields.manifests === undefined ? mediaTypes.manifest : mediaTypes.index);
  if (!manifestMediaTypes.includes(mediaType) && !indexMediaTypes.includes(mediaType)) {
    throw invalid(`${mediaType} is no image manifest or index`);
  }
  return mediaType;
}

function readCommon(fields: Record<string, unknown>, mediaType: string): Common {
  if (fields.artifactType !== undefined && !isMediaType(fields.artifactType)) {
    throw invalid('manifest.artifactType is not a media type');
  }
  return {
    mediaType,
    ...(fields.artifactType === undefined ? {} : { artifactType: fields.artifactType }),
    ...(fields.subject === undefined || fields.subject === null
      ? {}
      : { subject: parseDescriptor(fields.subject, 'manifest.subject') }),
    ...(fields.annotations === undefined || fields.annotations === null
      ? {}
      : { annotations: asTextRecord(fields.annotations, 'manifest.annotations') }),
  };
}

function descriptors(value: unknown, where: string): Descriptor[] {
  if (!Array.isArray(value)) throw invalid(`${where} is not a list`);
  return value.map((item, index) => parseDescriptor(item, `${where}[${index}]`));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new OciError('MANIFEST_INVALID', 'the manifest is not JSON', { cause: error });
  }
}

function invalid(message: string): OciError {
  return new OciError('MANIFEST_INVALID', message);
}
