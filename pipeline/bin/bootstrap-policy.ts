#!/usr/bin/env node
/**
 * Writes the policies that the first deployment needs; where there are several accounts, in a folder for each.
 *
 *   npm run bootstrap-policy -- [--out DIR] [--root DIR]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadEnvironments } from '@slipway/contract';
import { bootstrapPolicies } from '../lib/records/bootstrap-policy.ts';

const { values } = parseArgs({ options: { out: { type: 'string' }, root: { type: 'string' } } });
const here = process.env.INIT_CWD ?? process.cwd();
const root = values.root === undefined ? resolve(import.meta.dirname, '../..') : resolve(here, values.root);
const out = resolve(here, values.out ?? '.');

try {
  const policies = bootstrapPolicies(loadEnvironments(root));
  const accounts = new Set(policies.map(({ account }) => account));
  for (const { account, name, document } of policies) {
    const folder = accounts.size === 1 ? out : join(out, account);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${name}.json`);
    writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
    console.log(file);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
