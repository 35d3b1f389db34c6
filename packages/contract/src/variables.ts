import { z } from 'zod';

/** Variables that Slipway, AWS or Node set themselves. */
const RESERVED =
  /^(PORT|HOST|PATH|HOME|NODE_OPTIONS|(SLIPWAY|AWS|ECS|TABLE|BUCKET|CONTAINER)_.*|SERVICE_.*_URL)$/;

export const variableName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'use upper-case letters, digits and underscores')
  .refine(name => !RESERVED.test(name), 'is set by the platform: choose another name');

/** The build and CodePipeline fill these in wherever they stand in the files of a release. */
const PLACEHOLDER = /<(IMAGE\d*_NAME|TASK_DEFINITION|SLIPWAY_[A-Z_]+)>/;

/** A text that ends in the files of a release. */
export function plainText(max: number) {
  return z
    .string('must be a text: put it in quotes')
    .max(max, `use at most ${max.toLocaleString('en')} characters`)
    .refine(value => !PLACEHOLDER.test(value), 'must not contain a placeholder of the release files');
}

export const variables = z.record(variableName, plainText(2048));

/** What is started in a container, a word each. */
export const command = z
  .array(plainText(1024), 'must be a list of words, as in [node, dist/report.js]')
  .min(1, 'name what is to be started')
  .max(32, 'use at most 32 words');
