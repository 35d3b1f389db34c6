import { execFile, execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ROOT } from '../src/clone.ts';

const run = promisify(execFile);
let place: string;
let assembly: string;

/** As a user with no account: no credentials, no region, no home. */
const bare = { PATH: process.env.PATH ?? '' };

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'slipway-definition-'));
  assembly = join(place, 'validated');
  await run('npm', ['run', 'synth', '--', '--out', assembly], { cwd: ROOT, env: { ...bare, HOME: place } });
}, 120_000);
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('npm run synth writes the definition of this repository, and every template passes the validation', () => {
  const templates = globSync('*.template.json', { cwd: assembly });
  expect(templates).toContain('slipway-platform-pipeline.template.json');
  expect(templates).toContain('slipway-news-production.template.json');
});

test('a second synthesis gives the same bytes', async () => {
  const again = join(place, 'again');
  await run('npm', ['run', 'synth', '--', '--no-validation', '--out', again], {
    cwd: ROOT,
    env: { ...bare, HOME: place, AWS_REGION: 'eu-west-1', TZ: 'Asia/Tokyo' },
  });
  const files = globSync('**/*.{json,yaml,out}', { cwd: assembly });
  expect(globSync('**/*.{json,yaml,out}', { cwd: again }).sort()).toEqual(files.sort());
  const differing = files.filter(
    file => !readFileSync(join(again, file)).equals(readFileSync(join(assembly, file))),
  );
  expect(differing).toEqual([]);
}, 120_000);

test('no template contains the commit', () => {
  const head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  const telling = globSync('**/*', { cwd: assembly }).filter(file => /\.(json|yaml)$/.test(file));
  expect(
    telling.filter(file => readFileSync(join(assembly, file), 'utf8').includes(head.slice(0, 10))),
  ).toEqual([]);
});

test('no stack that a pipeline deploys has assets beside its template', () => {
  const manifests = globSync('*.assets.json', { cwd: assembly });
  expect(manifests.length).toBeGreaterThan(20);
  for (const file of manifests) {
    const { files, dockerImages } = JSON.parse(readFileSync(join(assembly, file), 'utf8'));
    const sources = Object.values<{ source: { path: string } }>(files).map(asset => asset.source.path);
    expect([sources, dockerImages]).toEqual([[file.replace('.assets.json', '.template.json')], {}]);
  }
});
