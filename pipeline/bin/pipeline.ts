#!/usr/bin/env node
/**
 * Writes the cloud assembly of the platform and its services.
 *
 *   npm run synth -- [--out DIR] [--service NAME] [--shape FILE] [--no-validation] [--root DIR]
 *
 * --shape names what live services recorded of themselves (`slipway shape --out FILE`): what no update of theirs can change
 * must be the same.
 * A whole synthesis with validation is made twice, as if on another day and machine, and must give the same bytes.
 * Without --out it writes where the CDK command line asks for (CDK_OUTDIR), else to cdk.out in the repository's root.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ContractError, formatProblem } from '@slipway/contract';
import { OutputFolderError, UnknownServiceError } from '../lib/errors.ts';
import { formatFinding, GuardError } from '../lib/guards/finding.ts';
import { startRepetition } from '../lib/guards/repetition.ts';
import { readShapes, ShapeFileError } from '../lib/guards/shape.ts';
import { synthesize } from '../lib/synth.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    service: { type: 'string' },
    shape: { type: 'string' },
    root: { type: 'string' },
    validation: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

const here = process.env.INIT_CWD ?? process.cwd();
const root = values.root === undefined ? resolve(import.meta.dirname, '../..') : resolve(here, values.root);
const out =
  values.out === undefined ? (process.env.CDK_OUTDIR ?? resolve(root, 'cdk.out')) : resolve(here, values.out);

const shape = values.shape === undefined ? undefined : resolve(here, values.shape);

if (!values.validation) process.env.CDK_VALIDATION = 'false';
// What the machine or the CDK command line would like to add must not change what is written.
for (const name of ['CDK_CONTEXT_JSON', 'CDK_DEBUG']) delete process.env[name];

// Beside this process, since a synthesis keeps one core busy.
const repetition =
  values.validation && values.service === undefined
    ? startRepetition({ program: import.meta.filename, root, ...(shape && { shape }) })
    : undefined;

try {
  const { stacks, problems, findings, warnings } = synthesize({
    root,
    out,
    ...(values.service !== undefined && { service: values.service }),
    ...(shape !== undefined && { shapes: readShapes(shape) }),
  });
  for (const warning of warnings) console.error(`WARNING: ${warning}`);
  if (problems.length + findings.length > 0)
    warn(
      [...problems.map(formatProblem), ...findings.map(formatFinding)],
      [...new Set([...problems, ...findings].map(({ service }) => service))],
    );
  await repetition?.compare(out);
  console.log(`${stacks.length} stacks in ${out}`);
} catch (error) {
  const told = [ContractError, GuardError, OutputFolderError, ShapeFileError, UnknownServiceError];
  if (!(error instanceof Error && told.some(kind => error instanceof kind))) throw error;
  console.error(`Not synthesized:\n${error.message}`);
  process.exitCode = 1;
} finally {
  await repetition?.[Symbol.asyncDispose]();
}

function warn(lines: readonly string[], services: readonly (string | undefined)[]): void {
  const names = services.join(', ');
  console.error(
    [
      '',
      ...lines,
      '',
      `LEFT OUT: ${names}. What is live stays live; the pipeline of ${names} is not updated.`,
      '',
    ].join('\n'),
  );
}
