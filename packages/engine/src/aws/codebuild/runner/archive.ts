import { fstatSync, readSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';

/** A file, directory (its name ends with `/`) or symbolic link of a zip. */
export interface Entry {
  name: string;
  method: number;
  crc: number;
  packed: number;
  size: number;
  /** Unix mode, 0 when the zip was made elsewhere. */
  mode: number;
  offset: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** What all files together may hold, so that a small zip cannot fill the disk. */
const MOST_BYTES = 4 * 1024 ** 3;
const MOST_ENTRIES = 500_000;

export function isDirectory({ name }: Entry): boolean {
  return name.endsWith('/');
}

export function isLink({ mode }: Entry): boolean {
  return (mode & 0o170000) === 0o120000;
}

/** Where an entry is below the directory that the zip is unpacked to. Throws a plain Error for a name that leads out. */
export function pathOf({ name }: Entry): string {
  const path = name.replace(/\/$/, '');
  const odd = path.split('/').some(part => part === '' || part === '.' || part === '..');
  if (odd || /[\\\0]/.test(name)) throw new Error(`the archive holds a file named ${JSON.stringify(name)}`);
  return path;
}

/** The table of contents of the open zip `input`; `file` names it. Throws a plain Error for what is no sound zip. */
export function readEntries(input: number, file: string): Entry[] {
  const { size } = fstatSync(input);
  const tail = read(input, Math.max(0, size - 65_557), Math.min(size, 65_557));
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== END) end--;
  if (end < 0) throw new Error(`${file} is no zip`);
  const count = tail.readUInt16LE(end + 10);
  const length = tail.readUInt32LE(end + 12);
  const start = tail.readUInt32LE(end + 16);
  if (count === 0xffff || start === 0xffffffff) throw new Error(`${file} is a zip64, which is not read`);
  if (count > MOST_ENTRIES || start + length > size) throw new Error(`${file} is damaged`);
  const central = read(input, start, length);
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + 46 > length || central.readUInt32LE(at) !== CENTRAL) throw new Error(`${file} is damaged`);
    const nameLength = central.readUInt16LE(at + 28);
    entries.push({
      name: central.toString('utf8', at + 46, at + 46 + nameLength),
      method: central.readUInt16LE(at + 10),
      crc: central.readUInt32LE(at + 16),
      packed: central.readUInt32LE(at + 20),
      size: central.readUInt32LE(at + 24),
      mode: central[at + 5] === 3 ? central.readUInt32LE(at + 38) >>> 16 : 0,
      offset: central.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + central.readUInt16LE(at + 30) + central.readUInt16LE(at + 32);
  }
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (total > MOST_BYTES) throw new Error(`${file} holds ${total} bytes, more than ${MOST_BYTES}`);
  return entries;
}

/** What an entry holds. Throws a plain Error where that is not what the table says. */
export function readContent(input: number, { name, method, crc, packed, size, offset }: Entry): Buffer {
  const head = read(input, offset, 30);
  if (head.readUInt32LE(0) !== LOCAL) throw new Error(`${name} is damaged`);
  const data = read(input, offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28), packed);
  if (method !== 0 && method !== 8)
    throw new Error(`${name} is packed by method ${method}, which is not read`);
  const content = method === 0 ? data : inflateRawSync(data, { maxOutputLength: Math.max(1, size) });
  if (content.length !== size || crc32(content) !== crc) throw new Error(`${name} is damaged`);
  return content;
}

function read(input: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const count = readSync(input, buffer, done, length - done, position + done);
    if (count === 0) throw new Error('the archive ends too early');
    done += count;
  }
  return buffer;
}
