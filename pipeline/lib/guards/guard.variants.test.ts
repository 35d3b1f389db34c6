import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { synthesize } from '../synth.ts';
import { readAssembly, SERVICES, tempFolder, writeRepository } from '../testing/fixture.ts';
import { GuardError } from './finding.ts';
import { guards } from './guard.ts';

test('every guard stands in docs/guards.md, and nothing else does', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../../docs/guards.md'), 'utf8');
  const documented = text.matchAll(/^\| `([a-z-]+)` \|/gm);
  const beside = ['determinism', 'frozen-shape'];
  expect([...new Set([...documented].map(([, id]) => id))].sort()).toEqual(
    [...guards.map(({ id }) => id), ...beside].sort(),
  );
});

describe('a contract of which too large a stack is made', () => {
  const buckets = Array.from({ length: 251 }, (_, index) => `b${index}: {}`).join(', ');
  const huge = `name: news\nteam: press\npath: /news\nbuckets: { ${buckets} }\n`;
  const sentence =
    'slipway-news-data-staging (packages/news/service.yaml) has 502 resources, and CloudFormation takes 500 in a template: move a part into a stack of its own [template-resources]';

  test('leaves out its service and no other', () => {
    using temp = tempFolder();
    writeRepository(temp.path, { services: { ...SERVICES, news: huge } });
    const out = join(temp.path, 'out');
    const { services, findings, stacks } = synthesize({ root: temp.path, out });
    expect(services).toEqual(['market', 'user']);
    expect(new Set(findings.map(({ service }) => service))).toEqual(new Set(['news']));
    expect(stacks.filter(name => name.includes('news'))).toEqual([]);
    expect(JSON.stringify(readAssembly(out).template('slipway-platform-pipeline'))).not.toContain('news');
  }, 60_000);

  test('fails the synthesis of its own service with the sentence', () => {
    using temp = tempFolder();
    writeRepository(temp.path, { services: { ...SERVICES, news: huge } });
    const synth = () => synthesize({ root: temp.path, out: join(temp.path, 'out'), service: 'news' });
    expect(synth).toThrow(GuardError);
    expect(synth).toThrow(sentence);
  }, 60_000);

  test('fails everything where it is true of all services: then it is not their doing', () => {
    using temp = tempFolder();
    writeRepository(temp.path, { services: { news: huge } });
    expect(() => synthesize({ root: temp.path, out: join(temp.path, 'out') })).toThrow(GuardError);
  }, 60_000);
});

describe('a whole synthesis', () => {
  const program = resolve(import.meta.dirname, '../../bin/pipeline.ts');
  const run = (...args: string[]) => promisify(execFile)(process.execPath, args);

  test('is refused when it would be another one on another day', async () => {
    using temp = tempFolder();
    writeRepository(temp.path);
    const dated = new URL('../testing/dated-definition.js', import.meta.url).href;
    const failure = await run('--import', dated, program, '--root', temp.path).then(
      () => undefined,
      (error: { code: number; stderr: string }) => error,
    );
    expect(failure?.code).toBe(1);
    expect(failure?.stderr).toMatch(
      /slipway-[a-z-]+\.template\.json\/Description \(pipeline\/\) is "Made on 20\d\d-\d\d-\d\d" and, when it is synthesized again, "Made on 20\d\d-\d\d-\d\d": take it from a contract or from environments\.yaml, never from the time, the machine or chance \[determinism\]/,
    );
  }, 60_000);

  test('is made twice beside the same shapes: what they leave out is left out again', async () => {
    using temp = tempFolder();
    writeRepository(temp.path);
    const shape = join(temp.path, 'shape.json');
    writeFileSync(shape, JSON.stringify({ '/slipway/shape/news/staging': { 'Blue.Port': 1 } }));
    const { stdout, stderr } = await run(program, '--root', temp.path, '--shape', shape);
    expect(stderr).toContain('LEFT OUT: news.');
    expect(stdout).toMatch(/\d+ stacks in /);
  }, 60_000);

  test('of one service is made once: Check has made it twice', async () => {
    using temp = tempFolder();
    writeRepository(temp.path);
    const dated = new URL('../testing/dated-definition.js', import.meta.url).href;
    const args = ['--root', temp.path, '--service', 'news', '--no-validation'];
    const { stdout } = await run('--import', dated, program, ...args);
    expect(stdout).toContain('4 stacks in');
  }, 60_000);
});
