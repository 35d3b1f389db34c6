import { OciError } from '../errors.ts';

/** Takes bytes from a stream in the amounts the reader asks for. */
export class PullReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly this many bytes, or undefined when the stream ended before the first of them. */
  async take(size: number): Promise<Buffer | undefined> {
    if (size > 0 && !(await this.#fill())) return undefined;
    const parts: Uint8Array[] = [];
    let missing = size;
    while (missing > 0) {
      const part = await this.takeSome(missing);
      parts.push(part);
      missing -= part.byteLength;
    }
    return Buffer.concat(parts, size);
  }

  /** Between one and `limit` bytes. Throws LAYER_INVALID at the end of the stream. */
  async takeSome(limit: number): Promise<Uint8Array> {
    if (!(await this.#fill()))
      throw new OciError('LAYER_INVALID', 'the tar stream ends in the middle of an entry');
    const part = this.#rest.subarray(0, limit);
    this.#rest = this.#rest.subarray(part.byteLength);
    return part;
  }

  async skip(size: number): Promise<void> {
    let left = size;
    while (left > 0) left -= (await this.takeSome(left)).byteLength;
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #fill(): Promise<boolean> {
    while (this.#rest.byteLength === 0 && !this.#ended) {
      const { value, done } = await this.#source.next();
      if (done === true) this.#ended = true;
      else this.#rest = value;
    }
    return this.#rest.byteLength > 0;
  }
}
