import * as z from 'zod';
import { findFault } from './markdown/render.ts';

/** Markdown of at most so many characters that can be rendered: neither too deep nor of too many parts. */
export function markdownSchema(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .refine(isText, 'must not be empty, nor have half of a character')
    .superRefine((text, context) => {
      const fault = text.length > maxLength ? undefined : findFault(text);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: sentences[fault] });
    })
    .describe('Markdown: CommonMark with tables and strikethrough, without HTML');
}

const sentences = {
  depth: 'has lists, quotes or emphasis too deep in each other: use at most eight lists or sixteen quotes',
  parts: 'has too many parts: make several posts of it',
} as const;

/** Whether this is a text at all: DynamoDB and browsers would make something else of half a surrogate pair. */
export function isText(text: string): boolean {
  return text.trim() !== '' && text.isWellFormed();
}
