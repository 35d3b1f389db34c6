import { join } from 'node:path';

interface Place {
  /** The build's own directory. */
  directory: string;
}

/** `CODEBUILD_SRC_DIR`. */
export function sourceDirectory({ directory }: Place): string {
  return join(directory, 'src');
}

/** `CODEBUILD_SRC_DIR_<name>`. */
export function secondaryDirectory({ directory }: Place, name: string): string {
  return join(directory, 'sources', name);
}

/**
 * Where Node keeps compiled modules. In each build it is a link to what all builds share: Node knows a module by its
 * path from here, and by a checksum of its source.
 */
export function compiledDirectory({ directory }: Place): string {
  return join(directory, 'compiled');
}

/** What only a running build needs. */
export const SCRATCH = ['src', 'sources', 'home', 'tmp', 'shell', 'bin', 'compiled'];
