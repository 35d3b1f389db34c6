import { hash } from 'node:crypto';
import * as z from 'zod';
import { Problem } from './problem.ts';

/** Returns a text for where the next page begins. Whoever gets it hands it back and needs not understand it. */
export function encodeCursor(position: unknown): string {
  const text = Buffer.from(JSON.stringify(position)).toString('base64url');
  return `${text}.${checksumOf(text)}`;
}

/** Returns the position in a cursor. Throws Problem 400 if it is none of ours or not of this list. */
export function decodeCursor<Schema extends z.ZodType>(cursor: string, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(readPosition(cursor));
  if (!result.success) throw new Problem(400, unknownCursor);
  return result.data;
}

/** The schema of a query parameter that holds a cursor; its output is the position. */
export function cursorOf<Schema extends z.ZodType>(position: Schema) {
  return z
    .string()
    .max(1024)
    .transform((cursor, context): z.output<Schema> => {
      const result = position.safeParse(readPosition(cursor));
      if (result.success) return result.data;
      context.addIssue({ code: 'custom', message: unknownCursor });
      return z.NEVER;
    })
    .describe('Where to begin: `next` of the page before.');
}

/** The schema of a page of a list: `next` is the cursor of the page after it, and missing on the last one. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: z.array(item),
    next: z.string().optional().describe('The cursor of the next page; missing on the last one.'),
  });
}

const unknownCursor = 'This is no cursor of this list: begin without one.';

function readPosition(cursor: string): unknown {
  const [text = '', checksum, ...rest] = cursor.split('.');
  if (rest.length > 0 || checksum !== checksumOf(text)) return undefined;
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/** Against cursors that were cut off or guessed at; what a position may show is checked where it is used. */
function checksumOf(text: string): string {
  return hash('sha256', `slipway cursor ${text}`, 'base64url').slice(0, 8);
}
