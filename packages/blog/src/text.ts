import { Problem } from '@slipway/service-kit';
import * as z from 'zod';
import type { Markdown } from './markdown/markdown.ts';

/** Markdown of at most so many characters. */
export function markdownSchema(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .refine(isText, 'must not be empty, nor have half of a character')
    .describe('Markdown: CommonMark with tables and strikethrough, without HTML');
}

/** Whether this is a text at all: DynamoDB and browsers would make something else of half a surrogate pair. */
export function isText(text: string): boolean {
  return text.trim() !== '' && text.isWellFormed();
}

/** Throws Problem 400 for a body that cannot be rendered: too deep or of too many parts. */
export function refuseFaulty({ body }: { readonly body: string }, { findFault }: Markdown): void {
  const fault = findFault(body);
  if (fault === undefined) return;
  throw new Problem(400, 'The text is more than can be shown.', {
    errors: [{ path: 'body', message: sentences[fault] }],
  });
}

const sentences = {
  depth: 'has lists, quotes or emphasis too deep in each other: use at most eight lists or sixteen quotes',
  parts: 'has too many parts: make several posts of it',
} as const;
