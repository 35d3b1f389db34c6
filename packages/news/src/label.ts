import * as z from 'zod';

/**
 * A category or a tag: letters of any script, digits and single hyphens, at most 30. What is sent is brought to one
 * form first, so that `Harbour News` and `harbour-news` are the same.
 */
export const labelSchema = z
  .string()
  .max(100)
  .overwrite(normalizeLabel)
  .regex(
    /^[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*$/u,
    'Use letters, digits and single hyphens between them, as in harbour-news.',
  )
  .max(30);

/** A set of labels: each once, in the order of their code units. */
export const labelsSchema = z.array(labelSchema).max(8).overwrite(uniteLabels);

function normalizeLabel(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, '-');
}

function uniteLabels(labels: string[]): string[] {
  return [...new Set(labels)].sort();
}
