import { type FileHandle, open, stat } from 'node:fs/promises';
import { lineText } from './line.ts';
import type { LogFiles } from './log-files.ts';

const WINDOW_BYTES = 1024 * 1024;
/** Of a file that is met for the first time no more than its end is read. */
const MOST_BYTES = 64 * WINDOW_BYTES;
const NEWLINE = 10;

/** Reads what is appended to log streams, each from where it was left; a new one begins at the files' beginning. */
export class Follower {
  readonly #files: LogFiles;
  /** Where to go on, by path. */
  readonly #offsets = new Map<string, number>();

  constructor(files: LogFiles) {
    this.#files = files;
  }

  /** Calls `take` with each whole line that is new and contains `word`. */
  async read(word: string, take: (line: string) => void): Promise<void> {
    const wanted = Buffer.from(word);
    const paths = new Set(this.#files.paths());
    for (const path of this.#offsets.keys()) if (!paths.has(path)) this.#offsets.delete(path);
    for (const path of paths) await this.#readFile(path, wanted, take);
  }

  async #readFile(path: string, word: Buffer, take: (line: string) => void): Promise<void> {
    const size = (await stat(path).catch(() => undefined))?.size ?? 0;
    let from = this.#offsets.get(path) ?? Math.max(0, size - MOST_BYTES);
    if (size <= from) return;
    await using file = await open(path, 'r');
    while (from < size) {
      const length = Math.min(WINDOW_BYTES, size - from);
      const used = takeLines(await readAt(file, from, length), word, take);
      // A line without an end is read when it has one; one that fills the window is passed over.
      if (used === 0 && length < WINDOW_BYTES) break;
      from += used === 0 ? length : used;
    }
    this.#offsets.set(path, from);
  }
}

async function readAt(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, from);
  return buffer.subarray(0, bytesRead);
}

/** How many bytes the whole lines are; most lines are looked at no closer. */
function takeLines(buffer: Buffer, word: Buffer, take: (line: string) => void): number {
  const end = buffer.lastIndexOf(NEWLINE) + 1;
  for (let at = buffer.indexOf(word); at >= 0 && at < end; ) {
    const start = buffer.lastIndexOf(NEWLINE, at) + 1;
    const stop = buffer.indexOf(NEWLINE, at);
    take(lineText(buffer.toString('utf8', start, stop)));
    at = buffer.indexOf(word, stop);
  }
  return end;
}
