import { closeSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';

export interface PackedFile {
  /** In the archive, with `/`. */
  name: string;
  /** Where its content is read; links are followed. */
  path: string;
}

const UNIX = 3;
/** The first moment that a zip can tell; the writer reads it in local time. */
const ALWAYS = new Date(1980, 0, 1);

/** Writes a zip that is the same bytes for the same files: in order of names, without times, owners or local modes. */
export function pack(files: PackedFile[], target: string): void {
  const unfinished = `${target}.new`;
  const output = openSync(unfinished, 'w');
  try {
    let failure: Error | null = null;
    const zip = new Zip((error, chunk) => {
      failure ??= error;
      if (chunk) writeAll(output, chunk);
    });
    for (const { name, path } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const content = readFileSync(path);
      const entry = content.length === 0 ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 6 });
      const mode = statSync(path).mode & 0o100 ? 0o755 : 0o644;
      Object.assign(entry, { mtime: ALWAYS, os: UNIX, attrs: (0o100000 | mode) * 0x10000 });
      zip.add(entry);
      entry.push(content, true);
    }
    zip.end();
    if (failure) throw failure;
  } finally {
    closeSync(output);
  }
  renameSync(unfinished, target);
}

function writeAll(output: number, chunk: Uint8Array): void {
  for (let done = 0; done < chunk.length; ) done += writeSync(output, chunk, done);
}
