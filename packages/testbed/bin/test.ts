#!/usr/bin/env node
/** `npm test`: lint, types and tests of every package, cached by the task graph, with the counts as the last line. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { closingLine, sumReports } from '../src/reports.ts';

const root = resolve(import.meta.dirname, '../../..');
const tasks = ['lint', 'typecheck', 'test', 'test:variants'];
const turbo = spawnSync(
  resolve(root, 'node_modules/.bin/turbo'),
  ['run', ...tasks, '--continue', '--output-logs=new-only', '--concurrency=2', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit', env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' } },
);
const files = globSync('{pipeline,packages/*}/reports/*.xml', { cwd: root });
const counts = sumReports(files.map(file => readFileSync(resolve(root, file), 'utf8')));
const gateFailed = turbo.status !== 0 && counts.failed === 0;
if (gateFailed)
  console.error('The gate failed outside of a test: format, lint, types or a test program (see above).');
console.log(closingLine(gateFailed ? { ...counts, failed: 1 } : counts));
process.exitCode = turbo.status === 0 && counts.failed === 0 && counts.passed > 0 ? 0 : 1;
