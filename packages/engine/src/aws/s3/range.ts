import { s3Error } from './errors.ts';

/** Both ends inclusive. */
export interface Range {
  start: number;
  end: number;
}

/** The part of the content that a Range header asks for; undefined means all. Throws InvalidRange beyond the end. */
export function readRange(header: string | undefined, size: number): Range | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  if (match[1] === '') {
    const length = Math.min(size, Number(match[2]));
    if (length === 0) throw s3Error('InvalidRange');
    return { start: size - length, end: size - 1 };
  }
  const start = Number(match[1]);
  const end = match[2] === '' ? size - 1 : Math.min(size - 1, Number(match[2]));
  if (match[2] !== '' && Number(match[2]) < start) return undefined;
  if (start >= size) throw s3Error('InvalidRange');
  return { start, end };
}
