#!/usr/bin/env node
/**
 * Adds up what the definition costs a month, from its templates and the prices in lib/cost/prices.ts.
 *
 *   npm run cost -- [--assembly DIR] [--root DIR] [--write | --check]
 *
 * Without --assembly it synthesizes first. --write puts the tables into docs/cost.md; --check says what
 * that page and environments.yaml tell that is not so, and ends with 1.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ContractError, loadEnvironments } from '@slipway/contract';
import { differences, writeTables } from '../lib/cost/page.ts';
import { report, sumsTable } from '../lib/cost/report.ts';
import { synthesize } from '../lib/synth.ts';

const { values } = parseArgs({
  options: {
    assembly: { type: 'string' },
    root: { type: 'string' },
    write: { type: 'boolean' },
    check: { type: 'boolean' },
  },
});
const here = process.env.INIT_CWD ?? process.cwd();
const root = values.root === undefined ? resolve(import.meta.dirname, '../..') : resolve(here, values.root);
process.env.CDK_VALIDATION = 'false';

const temporary = mkdtempSync(join(tmpdir(), 'slipway-cost-'));
try {
  const { environments, architecture } = loadEnvironments(root);
  const assembly = values.assembly === undefined ? temporary : resolve(here, values.assembly);
  if (values.assembly === undefined) synthesize({ root, out: assembly });
  const bill = report(
    assembly,
    environments.map(({ name }) => name),
    architecture,
  );
  const page = join(root, 'docs/cost.md');
  if (values.check) {
    const environmentsFile = readFileSync(join(root, 'pipeline/environments.yaml'), 'utf8');
    const found = differences(readFileSync(page, 'utf8'), environmentsFile, bill);
    if (found.length > 0) {
      console.error([...found, 'Run npm run cost -- --write'].join('\n'));
      process.exitCode = 1;
    }
  } else {
    console.log(sumsTable(bill));
    if (bill.unpriced.length > 0) console.log(`\nNot priced: ${bill.unpriced.join(', ')}`);
    if (values.write) writeFileSync(page, writeTables(readFileSync(page, 'utf8'), bill));
  }
} catch (error) {
  if (!(error instanceof ContractError)) throw error;
  console.error(`Not added up:\n${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
