import { s3Error } from './errors.ts';

const lineLimit = 4096;
const trailerLimit = 32;

/** Takes AWS's chunks apart; what stands behind the last one goes into `trailers`. Throws IncompleteBody. */
export async function* readChunked(
  source: AsyncIterable<Uint8Array>,
  trailers: Record<string, string>,
): AsyncGenerator<Uint8Array> {
  const reader = new LineReader(source);
  for (;;) {
    const line = await reader.line();
    const size = /^([0-9a-fA-F]{1,8})(?:;.*)?$/.exec(line)?.[1];
    if (size === undefined) throw s3Error('IncompleteBody', 'a chunk does not begin with its size');
    let left = Number.parseInt(size, 16);
    if (left === 0) break;
    while (left > 0) {
      const part = await reader.some(left);
      left -= part.byteLength;
      yield part;
    }
    if ((await reader.line()) !== '') throw s3Error('IncompleteBody', 'a chunk is longer than its size');
  }
  for (let count = 0; count < trailerLimit; count += 1) {
    const line = await reader.line(true);
    if (line === '') return;
    const colon = line.indexOf(':');
    trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
}

class LineReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Up to the next CRLF. At the end of the stream: empty if `atEnd`, else IncompleteBody. */
  async line(atEnd = false): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf('\r\n');
      if (end !== -1) {
        const line = this.#rest.toString('utf8', 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        return line;
      }
      if (this.#rest.byteLength > lineLimit)
        throw s3Error('IncompleteBody', 'a line of the body is too long');
      if (await this.#fill()) continue;
      if (atEnd && this.#rest.byteLength === 0) return '';
      throw s3Error('IncompleteBody');
    }
  }

  async some(limit: number): Promise<Uint8Array> {
    while (this.#rest.byteLength === 0) if (!(await this.#fill())) throw s3Error('IncompleteBody');
    const part = this.#rest.subarray(0, limit);
    this.#rest = this.#rest.subarray(part.byteLength);
    return part;
  }

  async #fill(): Promise<boolean> {
    const { value, done } = await this.#source.next();
    if (done === true) return false;
    this.#rest = this.#rest.byteLength === 0 ? Buffer.from(value) : Buffer.concat([this.#rest, value]);
    return true;
  }
}
