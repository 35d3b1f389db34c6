import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type TempFolder, tempFolder } from '../testing/fixture.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const program = join(ROOT, 'pipeline/bin/pipeline.ts');
const run = promisify(execFile);

/** As `npm run synth` does. */
const FLAG = '--wasm-tiering-budget=1000000000';

let temp: TempFolder;
let told: { stdout: string; stderr: string };
beforeAll(async () => {
  temp = tempFolder();
  const { PATH = '' } = process.env;
  told = await run(process.execPath, [FLAG, program, '--root', ROOT, '--out', join(temp.path, 'out')], {
    env: { PATH },
  });
}, 120_000);
afterAll(() => temp[Symbol.dispose]());

test("the definition of this repository passes CDK's own validation and every guard", () => {
  expect(told.stdout).toMatch(/^\d+ stacks in /);
  expect(told.stderr).not.toContain('LEFT OUT');
});

test('the same definition gives the same bytes from another directory, for another user', async () => {
  const out = join(temp.path, 'again');
  await run(process.execPath, [program, '--root', ROOT, '--out', out, '--no-validation'], {
    cwd: temp.path,
    env: {
      ...{ HOME: temp.path, USER: 'somebody', AWS_PROFILE: 'other', AWS_REGION: 'eu-west-1' },
      ...{ TZ: 'America/St_Johns', LC_ALL: 'ar_EG.UTF-8', SOURCE_DATE_EPOCH: '1' },
    },
  });
  expect(read(out)).toEqual(read(join(temp.path, 'out')));
}, 60_000);

/**
 * cfn-lint is a program in Python and none of our dependencies: a second opinion where it is at hand.
 * https://github.com/aws-cloudformation/cfn-lint
 */
test('cfn-lint, where there is one, finds nothing', () => {
  const lint = findProgram('cfn-lint');
  if (lint === undefined) {
    console.warn(
      'SKIPPED: there is no cfn-lint on this machine, so nobody gave a second opinion on the templates.',
    );
    return;
  }
  const out = join(temp.path, 'out');
  const templates = readdirSync(out).filter(name => name.endsWith('.template.json'));
  const args = ['--format', 'json', '--ignore-checks', 'W3005', 'W3010', '--', ...templates];
  expect(findingsOf(lint, args, out).filter(finding => !isNewerThanIt(finding))).toEqual([]);
}, 180_000);

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

/** Listeners, rules and dashboards take tags since the summer of 2026; the schemas of cfn-lint 1.51 are older. */
function isNewerThanIt({ Rule, Message, Filename, Location }: Finding): boolean {
  if (Rule.Id !== 'E3002' || !Message.includes("'Tags' was unexpected")) return false;
  const { Resources } = JSON.parse(readFileSync(join(temp.path, 'out', Filename), 'utf8'));
  return /::(Listener|ListenerRule|Dashboard)$/.test(Resources[String(Location.Path[1])]?.Type);
}

function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(path => existsSync(path));
}

function read(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}
