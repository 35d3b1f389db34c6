import { posix } from 'node:path';
import { type LayerEntry, parentDirectories } from '@slipway/oci';
import { type Context, type ContextFile, matchSources, readSource } from './context.ts';
import type { CopyStep } from './copy-instruction.ts';
import { refuse } from './dockerfile.ts';
import { ImageError } from './errors.ts';

/**
 * Directories that belong to the base image, some of them links (`/bin`) or with a mode of their own (`/tmp`). A layer
 * must not bring entries for them: they would replace what is there.
 */
const systemDirectories = new Set(
  'bin boot dev etc home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var'.split(
    ' ',
  ),
);

/**
 * The entries of the layer that one COPY makes. `directories` are the image paths known to be directories. Throws
 * CONTEXT_INVALID, naming file and line, when a source is missing or leads out of the context.
 */
export async function copyEntries(
  context: Context,
  step: CopyStep,
  directories: ReadonlySet<string>,
): Promise<LayerEntry[]> {
  const brought: LayerEntry[] = [];
  for (const source of await allSources(context, step)) {
    const files = await inStep(step, () => readSource(context, source));
    const isSingle = files.length === 1 && files[0]!.path === '';
    const intoDirectory = step.isDirectory || step.sources.length > 1 || directories.has(step.destination);
    const place =
      isSingle && intoDirectory ? posix.join(step.destination, posix.basename(source)) : step.destination;
    if (place === '/' && isSingle)
      throw refuse(step.instruction, 'DOCKERFILE_INVALID', 'a file cannot replace /');
    for (const file of files) brought.push(toEntry(file, posix.join(place, file.path).slice(1), step.mode));
    if (!isSingle && place !== '/') brought.push({ type: 'directory', path: place.slice(1) });
  }
  return withParents(
    brought.filter(({ type, path }) => type !== 'directory' || !systemDirectories.has(path)),
  );
}

async function allSources(context: Context, step: CopyStep): Promise<string[]> {
  const found: string[] = [];
  for (const source of step.sources) {
    const matches = await inStep(step, () => matchSources(context, source));
    if (matches.length === 0)
      throw refuse(step.instruction, 'CONTEXT_INVALID', `there is no ${source} in the context`);
    found.push(...matches);
  }
  if (found.length > 1 && !step.isDirectory) {
    throw refuse(
      step.instruction,
      'DOCKERFILE_INVALID',
      'several sources need a destination that ends with /',
    );
  }
  return found;
}

function toEntry(file: ContextFile, path: string, mode: number | undefined): LayerEntry {
  if (file.type === 'directory') return { type: 'directory', path, ...(mode === undefined ? {} : { mode }) };
  if (file.type === 'symlink') return { type: 'symlink', path, target: file.target! };
  return {
    type: 'file',
    path,
    mode: mode ?? (file.isExecutable ? 0o755 : 0o644),
    content: { file: file.file },
  };
}

/** Adds the directories above, unless they are the base image's own. Later entries of the same path win. */
function withParents(entries: readonly LayerEntry[]): LayerEntry[] {
  const all = new Map<string, LayerEntry>();
  for (const { path } of entries) {
    if (systemDirectories.has(path.split('/')[0]!)) continue;
    for (const parent of parentDirectories(path)) all.set(parent, { type: 'directory', path: parent });
  }
  for (const entry of entries) all.set(entry.path, entry);
  return [...all.values()];
}

async function inStep<T>(step: CopyStep, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ImageError) throw refuse(step.instruction, error.code, error.message);
    throw error;
  }
}
