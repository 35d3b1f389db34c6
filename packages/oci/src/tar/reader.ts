import { OciError } from '../errors.ts';
import { blockSize, type TarHeader, type TarType } from './header.ts';
import { PullReader } from './pull-reader.ts';

export interface TarEntry {
  readonly header: TarHeader;
  /** The content, to be read before the next entry is asked for; what is left over is skipped. */
  readonly body: AsyncIterable<Uint8Array>;
}

const extensionLimit = 1024 * 1024;

interface Extensions {
  path?: string;
  linkpath?: string;
  size?: number;
}

/**
 * Reads a tar stream entry by entry: ustar with PAX and GNU long names. Throws LAYER_INVALID at the first byte that
 * does not fit. Paths come as they are written; whoever puts them on a disk must check them.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const reader = new PullReader(source);
  let global: Extensions = {};
  let next: Extensions = {};
  try {
    for (;;) {
      const block = await reader.take(blockSize);
      if (block === undefined || isZero(block)) return;
      const raw = decodeHeader(block);
      if ('xgLK'.includes(raw.flag)) {
        const content = await readExtension(reader, raw.size);
        if (raw.flag === 'g') global = { ...global, ...parsePax(content) };
        else next = { ...next, ...extensionOf(raw.flag, content) };
        continue;
      }
      const header = withExtensions(raw, { ...global, ...next });
      next = {};
      yield* entryOf(reader, header);
    }
  } finally {
    await reader.close();
  }
}

async function* entryOf(reader: PullReader, header: TarHeader): AsyncGenerator<TarEntry> {
  let left = header.size;
  async function* body(): AsyncGenerator<Uint8Array> {
    while (left > 0) {
      const chunk = await reader.takeSome(left);
      left -= chunk.byteLength;
      yield chunk;
    }
  }
  yield { header, body: body() };
  while (left > 0) left -= (await reader.takeSome(left)).byteLength;
  await reader.skip((blockSize - (header.size % blockSize)) % blockSize);
}

async function readExtension(reader: PullReader, size: number): Promise<Buffer> {
  if (size > extensionLimit) throw invalid('an extended header is larger than 1 MiB');
  const content = Buffer.from((await reader.take(size)) ?? []);
  await reader.skip((blockSize - (size % blockSize)) % blockSize);
  return content;
}

function extensionOf(flag: string, content: Buffer): Extensions {
  if (flag === 'L') return { path: untilNul(content) };
  if (flag === 'K') return { linkpath: untilNul(content) };
  return parsePax(content);
}

function parsePax(content: Buffer): Extensions {
  const found: Extensions = {};
  let at = 0;
  while (at < content.byteLength) {
    const space = content.indexOf(0x20, at);
    const length =
      space === -1 || space - at > 8 ? Number.NaN : Number(content.toString('latin1', at, space));
    if (!Number.isSafeInteger(length) || length <= space - at || at + length > content.byteLength) {
      throw invalid('a PAX record has a wrong length');
    }
    const record = content.toString('utf8', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    const value = record.slice(equals + 1);
    const key = record.slice(0, equals);
    if (key === 'path') found.path = value;
    if (key === 'linkpath') found.linkpath = value;
    if (key === 'size') found.size = parseSize(value);
    if (key.startsWith('GNU.sparse.')) throw invalid('sparse files are not supported');
    at += length;
  }
  return found;
}

function parseSize(text: string): number {
  const size = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw invalid(`${JSON.stringify(text.slice(0, 40))} is not a size`);
  return size;
}

interface RawHeader extends TarHeader {
  readonly flag: string;
}

function decodeHeader(block: Buffer): RawHeader {
  const sum = numberAt(block, 148, 8);
  const actual = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (sum !== actual) throw invalid('a header has a wrong checksum');
  const prefix =
    block.toString('latin1', 257, 262) === 'ustar' && block[262] === 0 ? textAt(block, 345, 155) : '';
  const name = textAt(block, 0, 100);
  const flag = block[156] === 0 ? '0' : String.fromCharCode(block[156]!);
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    type: typeOf(flag, name),
    mode: numberAt(block, 100, 8),
    size: sizeOf(flag, numberAt(block, 124, 12)),
    linkName: textAt(block, 157, 100),
    flag,
  };
}

/** Links and directories carry no content whatever their size field says. */
function sizeOf(flag: string, size: number): number {
  return '123456'.includes(flag) ? 0 : size;
}

function typeOf(flag: string, name: string): TarType {
  if (flag === '1') return 'hardlink';
  if (flag === '2') return 'symlink';
  if (flag === '5') return 'directory';
  if (flag === '0' || flag === '7') return name.endsWith('/') ? 'directory' : 'file';
  return 'other';
}

function withExtensions(raw: RawHeader, { path, linkpath, size }: Extensions): TarHeader {
  const { flag: _, ...header } = raw;
  return {
    ...header,
    ...(path === undefined ? {} : { path }),
    ...(linkpath === undefined ? {} : { linkName: linkpath }),
    ...(size === undefined || header.type !== 'file' ? {} : { size }),
  };
}

/** Octal text, or base 256 when the first bit is set (GNU, for sizes from 8 GiB on). */
function numberAt(block: Buffer, offset: number, length: number): number {
  if ((block[offset]! & 0x80) !== 0) {
    const value = block.subarray(offset + 1, offset + length).reduce((total, byte) => total * 256 + byte, 0);
    if ((block[offset]! & 0x7f) !== 0 || !Number.isSafeInteger(value))
      throw invalid('a header has a wrong number');
    return value;
  }
  const text = textAt(block, offset, length).trim();
  if (!/^[0-7]*$/.test(text)) throw invalid('a header has a wrong number');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function textAt(block: Buffer, offset: number, length: number): string {
  return untilNul(block.subarray(offset, offset + length));
}

function untilNul(bytes: Buffer): string {
  const nul = bytes.indexOf(0);
  return bytes.toString('utf8', 0, nul === -1 ? bytes.byteLength : nul);
}

function isZero(block: Uint8Array): boolean {
  return block.every(byte => byte === 0);
}

function invalid(message: string): OciError {
  return new OciError('LAYER_INVALID', `the tar stream is broken: ${message}`);
}
