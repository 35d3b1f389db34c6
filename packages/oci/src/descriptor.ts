import { type Digest, isDigest } from './digest.ts';
import { OciError } from './errors.ts';

export interface Platform {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
}

/** Names content by type, digest and size. https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly urls?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly platform?: Platform;
}

const mediaTypePattern = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i;

/** Checks a descriptor that came from outside. Throws DESCRIPTOR_INVALID naming the field. */
export function parseDescriptor(value: unknown, where: string): Descriptor {
  const fields = asRecord(value, where);
  if (!isMediaType(fields.mediaType)) throw invalid(`${where}.mediaType is not a media type`);
  if (!isDigest(fields.digest)) throw invalid(`${where}.digest is not a sha256 or sha512 digest`);
  if (!Number.isSafeInteger(fields.size) || (fields.size as number) < 0) {
    throw invalid(`${where}.size is not a number of bytes`);
  }
  return {
    mediaType: fields.mediaType,
    digest: fields.digest,
    size: fields.size as number,
    ...(fields.urls === undefined ? {} : { urls: asTexts(fields.urls, `${where}.urls`) }),
    ...(fields.annotations === undefined
      ? {}
      : { annotations: asTextRecord(fields.annotations, `${where}.annotations`) }),
    ...(fields.artifactType === undefined
      ? {}
      : { artifactType: asText(fields.artifactType, `${where}.artifactType`) }),
    ...(fields.platform === undefined ? {} : { platform: asPlatform(fields.platform, `${where}.platform`) }),
  };
}

export function isMediaType(value: unknown): value is string {
  return typeof value === 'string' && mediaTypePattern.test(value);
}

export function asRecord(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`${where} is not an object`);
  return value as Record<string, unknown>;
}

export function asText(value: unknown, where: string): string {
  if (typeof value !== 'string') throw invalid(`${where} is not a text`);
  return value;
}

export function asTexts(value: unknown, where: string): string[] {
  if (!Array.isArray(value)) throw invalid(`${where} is not a list`);
  return value.map((item, index) => asText(item, `${where}[${index}]`));
}

export function asTextRecord(value: unknown, where: string): Record<string, string> {
  const entries = Object.entries(asRecord(value, where));
  return Object.fromEntries(entries.map(([key, item]) => [key, asText(item, `${where}.${key}`)]));
}

function asPlatform(value: unknown, where: string): Platform {
  const fields = asRecord(value, where);
  return {
    architecture: asText(fields.architecture, `${where}.architecture`),
    os: asText(fields.os, `${where}.os`),
    ...(fields.variant === undefined ? {} : { variant: asText(fields.variant, `${where}.variant`) }),
  };
}

function invalid(message: string): OciError {
  return new OciError('DESCRIPTOR_INVALID', message);
}
