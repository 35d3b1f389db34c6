import { execFile, execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ROOT } from '../src/clone.ts';

const run = promisify(execFile);
let place: string;
let assembly: string;
let told: { stdout: string; stderr: string };

/** As a user with no account: no credentials, no region, no home. */
const bare = { PATH: process.env.PATH ?? '' };

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'slipway-definition-'));
  assembly = join(place, 'validated');
  const env = { ...bare, HOME: place };
  told = await run('npm', ['run', 'synth', '--', '--out', assembly], { cwd: ROOT, env });
}, 120_000);
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('npm run synth writes the definition of this repository, and every template passes the validation', () => {
  expect(told.stdout).toMatch(/^\d+ stacks in /m);
  expect(told.stderr).not.toContain('LEFT OUT');
  const templates = globSync('*.template.json', { cwd: assembly });
  expect(templates).toContain('slipway-platform-pipeline.template.json');
  expect(templates).toContain('slipway-news-production.template.json');
});

test('a second synthesis gives the same bytes, for another user of another machine', async () => {
  const again = join(place, 'again');
  await run('npm', ['run', 'synth', '--', '--no-validation', '--out', again], {
    cwd: ROOT,
    env: {
      ...{ ...bare, HOME: place, USER: 'somebody', AWS_PROFILE: 'other', AWS_REGION: 'eu-west-1' },
      ...{ TZ: 'America/St_Johns', LC_ALL: 'ar_EG.UTF-8', SOURCE_DATE_EPOCH: '1' },
    },
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

/**
 * cfn-lint is a program in Python and none of our dependencies: a second opinion where it is at hand.
 * https://github.com/aws-cloudformation/cfn-lint
 */
const lint = findProgram('cfn-lint');
if (lint === undefined)
  console.warn(
    'SKIPPED: there is no cfn-lint on this machine, so nobody gave a second opinion on the templates.',
  );
(lint ? test : test.skip)(
  'cfn-lint finds nothing',
  () => {
    const templates = globSync('*.template.json', { cwd: assembly });
    const args = ['--format', 'json', '--ignore-checks', 'W3005', 'W3010', '--', ...templates];
    expect(findingsOf(lint!, args, assembly).filter(finding => !isNewerThanIt(finding))).toEqual([]);
  },
  180_000,
);

interface Finding {
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Filename: string;
  readonly Location: { readonly Path: readonly (string | number)[] };
}

/** Ends with what it found in its exit code. */
function findingsOf(lint: string, args: readonly string[], cwd: string): Finding[] {
  try {
    return JSON.parse(execFileSync(lint, args, { cwd, encoding: 'utf8', maxBuffer: 64e6 }) || '[]');
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    if (!stdout?.startsWith('[')) throw new Error(`cfn-lint failed: ${stderr}`);
    return JSON.parse(stdout);
  }
}

/** Listeners, rules, dashboards and scalable targets take tags by now; the schemas of cfn-lint 1.51 are older. */
function isNewerThanIt({ Rule, Message, Filename, Location }: Finding): boolean {
  if (Rule.Id !== 'E3002' || !Message.includes("'Tags' was unexpected")) return false;
  const { Resources } = JSON.parse(readFileSync(join(assembly, Filename), 'utf8'));
  return /::(Listener|ListenerRule|Dashboard|ScalableTarget)$/.test(
    Resources[String(Location.Path[1])]?.Type,
  );
}

function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(path => existsSync(path));
}
