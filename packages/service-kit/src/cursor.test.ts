import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { cursorOf, decodeCursor, encodeCursor } from './cursor.ts';

const position = z.tuple([z.string(), z.number()]);

describe('a cursor', () => {
  test('comes back as the position that it was made of', () => {
    const cursor = encodeCursor(['2030-01-01', 3]);
    expect(cursor).toMatch(/^[\w.-]+$/);
    expect(decodeCursor(cursor, position)).toEqual(['2030-01-01', 3]);
    expect(cursorOf(position).parse(cursor)).toEqual(['2030-01-01', 3]);
  });

  test.each([
    ['nothing', ''],
    ['a word', 'begin'],
    ['one that was cut off', encodeCursor(['2030-01-01', 3]).slice(0, -1)],
    ['one that was changed', `x${encodeCursor(['2030-01-01', 3])}`],
    ['one of another list', encodeCursor({ id: 1 })],
    ['one without its checksum', Buffer.from('["a",1]').toString('base64url')],
  ])('that is %s is refused', (_, cursor) => {
    expect(() => decodeCursor(cursor, position)).toThrow(expect.objectContaining({ status: 400 }));
    expect(cursorOf(position).safeParse(cursor).success).toBe(false);
  });
});
