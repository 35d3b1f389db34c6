import { createReadStream } from 'node:fs';
import { chmod, copyFile, link, mkdir, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { parseDigest, unpackLayer, whileDoing } from '@slipway/oci';
import type { Image } from './container.ts';

/** The place in `root` that a container sees as `path`; `..` never leaves the root. */
export function insideRoot(root: string, path: string): string {
  return join(root, posix.normalize(`/${path}`));
}

/**
 * Images unpacked under `<state>/images/`, once per digest: only the image's own layers, not those of its base. Files
 * are read-only, because tasks share them by hard links.
 */
export class Images {
  readonly #directory: string;
  readonly #underWay = new Map<string, Promise<string>>();

  constructor(state: string) {
    this.#directory = join(state, 'images');
  }

  /** The unpacked image's root. Throws with the layer's digest when one cannot be unpacked. */
  unpacked(image: Image): Promise<string> {
    const name = parseDigest(image.digest).replace(':', '-');
    const before = this.#underWay.get(name);
    if (before) return before;
    const unpacking = this.#unpack(image, join(this.#directory, name)).finally(() =>
      this.#underWay.delete(name),
    );
    this.#underWay.set(name, unpacking);
    return unpacking;
  }

  async #unpack({ layers, config }: Image, root: string): Promise<string> {
    if (await isDirectory(root)) return root;
    const partial = `${root}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    for (const layer of layers.filter(each => !each.base)) {
      await whileDoing(`unpacking layer ${layer.digest}`, () =>
        unpackLayer(createReadStream(layer.file), partial),
      );
    }
    await mkdir(insideRoot(partial, config.config?.WorkingDir || '/'), { recursive: true });
    await makeFilesReadOnly(partial);
    await rename(partial, root);
    return root;
  }
}

/**
 * Gives a task a root of its own: directories are real and writable, files are hard links to the image's read-only
 * ones. Well below a millisecond for a bundle; a task can add and replace files without touching other tasks.
 */
export async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await linkOrCopy(source, target);
  }
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    if (!['EMLINK', 'EPERM', 'EXDEV'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await copyFile(source, target);
  }
}

async function makeFilesReadOnly(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await makeFilesReadOnly(path);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o555);
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
