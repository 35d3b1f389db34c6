import { expect, test } from '@jest/globals';
import { failingLines } from './failing-lines.ts';

const log = `[Container] Entering phase PRE_BUILD
@slipway/service-kit:test: PASS src/drain.test.ts
@slipway/news:test: FAIL src/app.test.ts
@slipway/news:test:   ● articles › a title is shown
@slipway/news:test: 
@slipway/news:test:     \u001b[31mexpected 200, got 500\u001b[39m
@slipway/news:test:       at Object.<anonymous> (src/app.test.ts:23:8)
@slipway/news:test:       at error (../../node_modules/supertest/lib/test.js:618:15)
@slipway/news:test: PASS src/main.test.ts
@slipway/news:test: npm error code 1
@slipway/news#test:  ERROR  command (/src/packages/news) npm run test exited (1)
 ERROR  run failed: command  exited (1)
[Container] Phase complete: PRE_BUILD State: FAILED`;

test('a failing test is told by its own words: no container, no npm, no library frames, no colours', () => {
  expect(failingLines(log.split('\n'))).toEqual([
    '@slipway/news#test:',
    '  ● articles › a title is shown',
    '    expected 200, got 500',
    '      at Object.<anonymous> (src/app.test.ts:23:8)',
  ]);
});

test('a failing task that is no test is told by its last lines', () => {
  const lines = [
    '@slipway/news:lint: src/app.ts:1:1 unused',
    '@slipway/news#lint:  ERROR  command (x) exited (1)',
  ];
  expect(failingLines(lines)).toEqual(['@slipway/news#lint:', 'src/app.ts:1:1 unused']);
});

test('without turbo the last lines of the build are told, not what CodeBuild adds', () => {
  expect(failingLines(['synth failed: no such file', '[Container] Phase complete'])).toEqual([
    'synth failed: no such file',
  ]);
});

test('a long test output keeps its beginning and its end', () => {
  const body = Array.from({ length: 100 }, (_, index) => `@slipway/news:test:   line ${index}`);
  const told = failingLines([
    '@slipway/news:test:   ● long',
    ...body,
    '@slipway/news#test:  ERROR  command (x) exited (1)',
  ]);
  expect(told).toHaveLength(21);
  expect(told[1]).toBe('  ● long');
  expect(told.at(-1)).toBe('  line 99');
});

test('a definition that cannot be synthesized is told first, by its own words', () => {
  const told = failingLines([
    '@slipway/pipeline:test: globalSetup failed',
    'definition:synthesis: file:///src/pipeline/lib/app.ts:133',
    "definition:synthesis: throw new Error('the chart is torn');",
    'definition:synthesis: Error: the chart is torn',
    'definition:synthesis:     at file:///src/pipeline/lib/app.ts:133:7',
    'definition:synthesis:     at ModuleJob.run (node:internal/modules/esm/module_job:437:25)',
    'definition:synthesis: Node.js v24.21.0',
    '@slipway/pipeline#test:  ERROR  command (x) exited (1)',
    'definition#synthesis:  ERROR  command pipeline/bin/pipeline.ts exited (1)',
  ]);
  expect(told).toEqual([
    'definition#synthesis:',
    'file:///src/pipeline/lib/app.ts:133',
    "throw new Error('the chart is torn');",
    'Error: the chart is torn',
    '    at file:///src/pipeline/lib/app.ts:133:7',
    '@slipway/pipeline#test:',
    'globalSetup failed',
  ]);
});

test('of several failing tasks each has its share of what is shown', () => {
  const failing = (task: string) => [
    ...Array.from({ length: 60 }, (_, line) => `${task}:lint: ${line}`),
    `${task}#lint:  ERROR  command (x) exited (1)`,
  ];
  const told = failingLines(['@slipway/news', '@slipway/blog'].flatMap(failing));
  expect(told).toHaveLength(40);
  expect(told).toEqual(expect.arrayContaining(['@slipway/news#lint:', '@slipway/blog#lint:', '59']));
});
