#!/usr/bin/env node
/**
 * `npm test`: lint, types and tests of every package, cached by the task graph, with what failed and the counts as the last lines. The
 * stories of the testbed take longest and mostly wait: they run beside everything else, from the beginning.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { closingLine, sumReports, tellFailures } from '../src/reports.ts';

const root = resolve(import.meta.dirname, '../../..');
const tasks = ['lint', 'typecheck', 'test', 'test:variants'];
const given = process.argv.slice(2);
// Filters of a user's own are one run.
const lanes = given.length > 0 ? [[]] : [['--filter=@slipway/testbed'], ['--filter=!@slipway/testbed']];

const statuses = await Promise.all(lanes.map(filters => turbo(...filters, ...given)));
const isRed = statuses.some(status => status !== 0);
const files = globSync('{pipeline,packages/*}/reports/*.xml', { cwd: root });
const reports = files.map(file => readFileSync(resolve(root, file), 'utf8'));
const counts = sumReports(reports);
const gateFailed = isRed && counts.failed === 0;
if (gateFailed)
  console.error('The gate failed outside of a test: format, lint, types or a test program (see above).');
for (const failure of tellFailures(reports)) console.log(failure);
console.log(closingLine(gateFailed ? { ...counts, failed: 1 } : counts));
process.exitCode = !isRed && counts.failed === 0 && counts.passed > 0 ? 0 : 1;

async function turbo(...more: string[]): Promise<number | null> {
  const child = spawn(
    resolve(root, 'node_modules/.bin/turbo'),
    ['run', ...tasks, '--continue', '--output-logs=new-only', '--concurrency=1', ...more],
    { cwd: root, stdio: 'inherit', env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' } },
  );
  const [status] = (await once(child, 'exit')) as [number | null];
  return status;
}
