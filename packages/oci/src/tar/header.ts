/** One tar entry's metadata. `linkName` is the target of a symbolic or hard link. */
export interface TarHeader {
  readonly path: string;
  readonly type: TarType;
  readonly mode: number;
  readonly size: number;
  readonly linkName: string;
}

export type TarType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'other';

export const blockSize = 512;

const typeFlags: Record<Exclude<TarType, 'other'>, string> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  directory: '5',
};

/**
 * The header blocks of one entry in the deterministic form that layers have: owner 0:0, time 0, no names of users, a
 * PAX record in front only where a path, a link or a size does not fit the plain header.
 */
export function encodeHeader(header: TarHeader & { type: Exclude<TarType, 'other'> }): Uint8Array {
  const records = paxRecords(header);
  const plain = plainHeader({
    ...header,
    path: truncate(header.path, 100),
    linkName: truncate(header.linkName, 100),
    size: header.size >= 0o100000000000 ? 0 : header.size,
    flag: typeFlags[header.type],
  });
  if (records.byteLength === 0) return plain;
  const extended = plainHeader({
    path: 'PaxHeaders/0',
    mode: 0o644,
    size: records.byteLength,
    linkName: '',
    flag: 'x',
  });
  return Buffer.concat([extended, records, padding(records.byteLength), plain]);
}

/** The zero bytes that fill content of this size up to a whole block. */
export function padding(size: number): Uint8Array {
  return new Uint8Array((blockSize - (size % blockSize)) % blockSize);
}

function paxRecords(header: TarHeader): Uint8Array {
  const records: Buffer[] = [];
  if (!fits(header.path)) records.push(paxRecord('path', header.path));
  if (!fits(header.linkName)) records.push(paxRecord('linkpath', header.linkName));
  if (header.size >= 0o100000000000) records.push(paxRecord('size', String(header.size)));
  return Buffer.concat(records);
}

/** `length key=value\n`, where length counts itself. https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

interface PlainFields {
  path: string;
  mode: number;
  size: number;
  linkName: string;
  flag: string;
}

function plainHeader({ path, mode, size, linkName, flag }: PlainFields): Buffer {
  const block = Buffer.alloc(blockSize);
  block.write(path, 0, 100, 'utf8');
  block.write(octal(mode, 7), 100, 'latin1');
  block.write(octal(0, 7), 108, 'latin1');
  block.write(octal(0, 7), 116, 'latin1');
  block.write(octal(size, 11), 124, 'latin1');
  block.write(octal(0, 11), 136, 'latin1');
  block.write('        ', 148, 'latin1');
  block.write(flag, 156, 'latin1');
  block.write(linkName, 157, 100, 'utf8');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function octal(value: number, digits: number): string {
  return `${value.toString(8).padStart(digits, '0')}\0`;
}

/** Only plain ASCII of at most 100 bytes means the same to every reader. */
function fits(text: string): boolean {
  return /^[\x20-\x7e]{0,100}$/.test(text);
}

function truncate(text: string, length: number): string {
  return fits(text) ? text : text.replace(/[^\x20-\x7e]/g, '_').slice(0, length);
}
