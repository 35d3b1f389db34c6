import { readFile, stat } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { AwsError } from '../../core/errors.ts';
import type { ArtifactLocation, ArtifactsPort } from './ports.ts';

/** AWS's limit of an artifact that a deploy action reads. */
const MAX_ARTIFACT_BYTES = 256 * 1024 * 1024;
/** Templates are at most 1 MB in AWS; task definitions 64 KB. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** The text of one file in an artifact's zip. Throws an AwsError that names both when it is not there or too large. */
export async function readArtifactFile(
  artifacts: ArtifactsPort,
  artifact: ArtifactLocation,
  path: string,
): Promise<string> {
  const name = path.replace(/^\.\//, '');
  const file = await artifacts.getObject(artifact.bucket, artifact.key);
  const { size } = await stat(file);
  if (size > MAX_ARTIFACT_BYTES)
    throw invalid(`The artifact ${artifact.name} is larger than ${MAX_ARTIFACT_BYTES} bytes`);
  const content = unzip(await readFile(file), artifact.name, name)[name];
  if (!content) throw invalid(`File ${path} does not exist in artifact ${artifact.name}`);
  return new TextDecoder().decode(content);
}

function unzip(zip: Uint8Array, artifact: string, name: string): Record<string, Uint8Array> {
  try {
    return unzipSync(zip, {
      filter: file => {
        if (file.name !== name) return false;
        if (file.originalSize > MAX_FILE_BYTES)
          throw invalid(`File ${name} of artifact ${artifact} is larger than ${MAX_FILE_BYTES} bytes`);
        return true;
      },
    });
  } catch (error) {
    if (error instanceof AwsError) throw error;
    throw invalid(`The artifact ${artifact} is not a zip file: ${(error as Error).message}`);
  }
}

/** The input artifact of that name. Throws an AwsError when the action has none such. */
export function inputNamed(inputs: ArtifactLocation[], name: string): ArtifactLocation {
  const input = inputs.find(each => each.name === name);
  if (!input) throw invalid(`${name} is not an input artifact of this action`);
  return input;
}

/** `Artifact::path/in/the/zip`. */
export function splitArtifactPath(reference: string): { artifact: string; path: string } {
  const [artifact, path] = reference.split('::');
  if (!artifact || !path) throw invalid(`'${reference}' is not of the form Artifact::file`);
  return { artifact, path };
}

function invalid(message: string): AwsError {
  return new AwsError('ConfigurationError', message);
}
