import { posix } from 'node:path';
import { type Instruction, refuse } from './dockerfile.ts';
import { expand, type Lookup, splitWords } from './words.ts';

/** One COPY, with absolute paths in the image. */
export interface CopyStep {
  readonly instruction: Instruction;
  /** Relative to the context. */
  readonly sources: readonly string[];
  readonly destination: string;
  /** Whether the destination is written as a directory: `./`, `/app/`. */
  readonly isDirectory: boolean;
  /** The mode that --chmod gives to everything. */
  readonly mode?: number;
  readonly workingDirectory: string;
}

/** Reads a COPY. Throws UNSUPPORTED for flags other than --chmod, DOCKERFILE_INVALID for what is no COPY. */
export function readCopy(instruction: Instruction, workingDirectory: string, lookup: Lookup): CopyStep {
  const paths = pathsOf(instruction).map(path => {
    try {
      return expand(path, lookup);
    } catch (error) {
      throw refuse(instruction, 'DOCKERFILE_INVALID', (error as Error).message);
    }
  });
  if (paths.some(path => path.startsWith('<<')))
    throw refuse(instruction, 'UNSUPPORTED', 'it takes no inline files here');
  const written = paths.at(-1)!;
  const sources = paths.slice(0, -1);
  const isDirectory = /(^|\/)\.?$/.test(written);
  if (sources.length > 1 && !written.endsWith('/') && !isDirectory) {
    throw refuse(instruction, 'DOCKERFILE_INVALID', 'several sources need a destination that ends with /');
  }
  return {
    instruction,
    sources,
    destination: posix.resolve('/', workingDirectory, written),
    isDirectory,
    workingDirectory: posix.resolve('/', workingDirectory),
    ...modeOf(instruction),
  };
}

function pathsOf(instruction: Instruction): string[] {
  const { text } = instruction;
  let paths: unknown = splitWords(text);
  if (text.startsWith('[')) {
    try {
      paths = JSON.parse(text);
    } catch {
      // a file name that begins with a bracket
    }
  }
  if (
    !Array.isArray(paths) ||
    paths.length < 2 ||
    paths.some(path => typeof path !== 'string' || path === '')
  ) {
    throw refuse(instruction, 'DOCKERFILE_INVALID', 'it takes sources and a destination');
  }
  return paths;
}

function modeOf(instruction: Instruction): { mode?: number } {
  let mode: { mode?: number } = {};
  for (const { name, value } of instruction.flags) {
    if (name === 'chown') {
      const why = '--chown is not supported: files belong to root and everybody may read them; leave it out';
      throw refuse(instruction, 'UNSUPPORTED', why);
    }
    if (name !== 'chmod') throw refuse(instruction, 'UNSUPPORTED', `--${name} is not supported`);
    if (!/^0?[0-7]{3}$/.test(value))
      throw refuse(instruction, 'UNSUPPORTED', '--chmod takes three octal digits');
    mode = { mode: Number.parseInt(value, 8) };
  }
  return mode;
}
