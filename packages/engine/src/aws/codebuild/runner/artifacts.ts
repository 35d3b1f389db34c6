import { mkdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ArtifactSpec, Buildspec } from './buildspec.ts';
import { PhaseFailure } from './failure.ts';
import { glob } from './glob.ts';
import { type PackedFile, pack } from './pack.ts';

export interface ArtifactOptions {
  spec: Buildspec;
  /** Names of the artifacts that the pipeline's action takes. */
  outputs: string[];
  source: string;
  /** Where the zips go. */
  directory: string;
  log(line: string): void;
}

/**
 * Packs what each output artifact is to hold. One output takes `artifacts`, unless a secondary artifact bears its name;
 * several are all taken from `secondary-artifacts` by name.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/sample-multi-in-out.html
 */
export function packArtifacts(options: ArtifactOptions): { name: string; file: string }[] {
  const { spec, outputs, directory } = options;
  if (outputs.length === 0) return [];
  mkdirSync(directory, { recursive: true });
  return outputs.map((name, index) => {
    const own = spec.secondaryArtifacts[name];
    const artifact = own ?? (outputs.length === 1 ? spec.artifacts : undefined);
    if (!artifact) {
      const hint = spec.artifacts
        ? '; of several outputs each needs its place in artifacts.secondary-artifacts'
        : '';
      throw new PhaseFailure('CLIENT_ERROR', `no definition for selected artifact: ${name}${hint}`);
    }
    const file = join(directory, `${index}.zip`);
    const files = selectFiles(artifact, options.source);
    pack(files, file);
    options.log(`Packed ${files.length} files of artifact ${name}`);
    return { name, file };
  });
}

function selectFiles(artifact: ArtifactSpec, source: string): PackedFile[] {
  const files = new Map<string, PackedFile>();
  for (const base of baseDirectories(artifact, source)) {
    const excluded = new Set(artifact.excludePaths.flatMap(pattern => matches(base, pattern)));
    for (const path of artifact.files.flatMap(pattern => matches(base, pattern))) {
      const file = join(base, path);
      if (excluded.has(path) || !statSync(file, { throwIfNoEntry: false })?.isFile()) continue;
      const name = artifact.discardPaths ? basename(path) : path;
      files.set(name, { name, path: file });
    }
  }
  if (files.size === 0) throw new PhaseFailure('CLIENT_ERROR', 'no matching artifact paths found');
  return [...files.values()];
}

function baseDirectories({ baseDirectory }: ArtifactSpec, source: string): string[] {
  if (baseDirectory === undefined || baseDirectory === '.') return [source];
  const found = baseDirectory.startsWith('/')
    ? [baseDirectory].filter(path => statSync(path, { throwIfNoEntry: false })?.isDirectory())
    : glob(source, baseDirectory, { whole: true })
        .filter(each => each.directory)
        .map(each => join(source, each.path));
  if (found.length > 0) return found;
  throw new PhaseFailure('CLIENT_ERROR', `no matching base directory path found for ${baseDirectory}`);
}

/** Paths below `base`; an absolute pattern is one only when it leads there. */
function matches(base: string, pattern: string): string[] {
  const relative = pattern.startsWith(`${base}/`) ? pattern.slice(base.length + 1) : pattern;
  return relative.startsWith('/') ? [] : glob(base, relative).map(found => found.path);
}
