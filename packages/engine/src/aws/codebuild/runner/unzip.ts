import {
  chmodSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';

interface Entry {
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
const LINK = 0o120000;
/** What all files together may hold, so that a small zip cannot fill the disk. */
const MOST_BYTES = 4 * 1024 ** 3;
const MOST_ENTRIES = 500_000;

/**
 * Unpacks a zip into `directory` with its modes and links. Throws a plain Error for what is no sound zip, for a name
 * that leads out of the directory, and for a link that points out of it. (fflate reads zips too, but drops modes and
 * links, and a source with `node_modules/.bin`-like scripts needs both.)
 */
export function unzip(file: string, directory: string): void {
  const input = openSync(file, 'r');
  try {
    const entries = readEntries(input, file);
    const total = entries.reduce((sum, entry) => sum + entry.size, 0);
    if (total > MOST_BYTES) throw new Error(`${file} holds ${total} bytes, more than ${MOST_BYTES}`);
    mkdirSync(directory, { recursive: true });
    const isLink = (entry: Entry): boolean => (entry.mode & 0o170000) === LINK;
    const made = new Set<string>();
    for (const entry of entries) if (!isLink(entry)) unpack(input, entry, placeOf(entry, directory), made);
    // Links come last, so that nothing is ever written through one.
    for (const entry of entries) if (isLink(entry)) link(input, entry, directory, made);
  } finally {
    closeSync(input);
  }
}

function unpack(input: number, entry: Entry, place: string, made: Set<string>): void {
  if (entry.name.endsWith('/')) {
    makeDirectory(place, made);
    return;
  }
  makeDirectory(dirname(place), made);
  writeFileSync(place, readContent(input, entry), { flag: 'wx' });
  if (entry.mode & 0o111) chmodSync(place, 0o755);
}

function link(input: number, entry: Entry, directory: string, made: Set<string>): void {
  const place = placeOf(entry, directory);
  const target = readContent(input, entry).toString('utf8');
  const end = resolve(dirname(place), target);
  if (target.startsWith('/') || !`${end}${sep}`.startsWith(`${resolve(directory)}${sep}`)) {
    throw new Error(`the link ${entry.name} points out of the archive, to ${target}`);
  }
  makeDirectory(dirname(place), made);
  symlinkSync(target, place);
}

function makeDirectory(directory: string, made: Set<string>): void {
  if (made.has(directory)) return;
  mkdirSync(directory, { recursive: true });
  made.add(directory);
}

function placeOf({ name }: Entry, directory: string): string {
  const parts = name.replace(/\/$/, '').split('/');
  const odd = parts.some(part => part === '' || part === '.' || part === '..');
  if (odd || /[\\\0]/.test(name)) throw new Error(`the archive holds a file named ${JSON.stringify(name)}`);
  return join(directory, ...parts);
}

function readEntries(input: number, file: string): Entry[] {
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
  return entries;
}

function readContent(input: number, { name, method, crc, packed, size, offset }: Entry): Buffer {
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
