import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { contractKeys, environmentsKeys, loadEnvironments } from '@slipway/contract';

const root = resolve(import.meta.dirname, '../../../..');
const pages = globSync(
  ['README.md', 'docs/**/*.md', 'packages/*/README.md', 'packages/engine/src/**/README.md'],
  {
    cwd: root,
  },
);
const readme = readFileSync(join(root, 'README.md'), 'utf8');

function help(...args: string[]): string {
  const program = join(root, 'packages/cli/bin/slipway.js');
  return spawnSync(process.execPath, [program, ...args, '--help'], { encoding: 'utf8' }).stdout;
}

describe('the documentation', () => {
  test.each(pages)('%s links only to what is there', page => {
    const text = readFileSync(join(root, page), 'utf8');
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!);
    const local = targets.filter(target => !/^[a-z]+:/.test(target));
    expect(local.filter(target => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });

  test('every slipway word in the README is one that the command line has', () => {
    const listed = help();
    const words = new Set([...readme.matchAll(/`npx slipway ([a-z]+)/g)].map(([, word]) => word!));
    expect(words.size).toBeGreaterThan(2);
    expect([...words].filter(word => !new RegExp(`^  ${word}\\b`, 'm').test(listed))).toEqual([]);
  });

  test('every option of npm start in the README is one that it has', () => {
    const listed = help('start');
    const options = new Set([...readme.matchAll(/`(--[a-z]+)/g)].map(([, option]) => option!));
    expect([...options].filter(option => !listed.includes(option))).toEqual([]);
  });

  test('every npm script in the README is one of the repository', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const named = [...readme.matchAll(/`npm run ([a-z]+)`/g)].map(([, script]) => script!);
    expect(named.filter(script => !Object.hasOwn(scripts, script))).toEqual([]);
  });

  test('every key of a contract is told, and none that there is not', () => {
    const page = readFileSync(join(root, 'docs/contract.md'), 'utf8');
    const rows = [...page.matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => cell!);
    const told = rows.flatMap(cell => [...cell.matchAll(/`(\w+)`/g)].map(([, key]) => key!));
    expect(told.sort()).toEqual([...contractKeys].sort());
  });

  test('every key of environments.yaml is told, and none that there is not', () => {
    const page = readFileSync(join(root, 'docs/environments.md'), 'utf8');
    const environment = 'environments.*.';
    const region = `${environment}regions.*.`;
    const parts = { 'At the top': '', 'An environment': environment, 'A further region': region };
    const told = Object.entries(parts).flatMap(([heading, prefix]) => {
      const part = page.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;
      return [...part.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, key]) => prefix + key!);
    });
    // What a further region has as its environment does is told there.
    const known = environmentsKeys.map(key =>
      key.startsWith(region) ? region + key.slice(region.length).split('.')[0] : key,
    );
    expect(told.sort()).toEqual([...new Set(known)].sort());
  });

  test('the examples of environments.yaml are good ones', () => {
    const page = readFileSync(join(root, 'docs/environments.md'), 'utf8');
    const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!);
    expect(examples.length).toBeGreaterThan(1);
    for (const text of examples) {
      const folder = mkdtempSync(join(tmpdir(), 'slipway-docs-'));
      mkdirSync(join(folder, 'pipeline'));
      writeFileSync(join(folder, 'pipeline/environments.yaml'), text);
      expect(loadEnvironments(folder).environments.length).toBeGreaterThan(0);
      rmSync(folder, { recursive: true });
    }
  });

  test('every decision is in their list', () => {
    const list = readFileSync(join(root, 'docs/decisions/README.md'), 'utf8');
    const files = globSync('docs/decisions/0*.md', { cwd: root }).map(file =>
      file.slice('docs/decisions/'.length),
    );
    expect(files.filter(file => !list.includes(`(${file})`))).toEqual([]);
  });

  test('what it costs is what the templates and the prices add up to', () => {
    const program = join(root, 'pipeline/bin/cost.ts');
    const { status, stderr } = spawnSync(process.execPath, [program, '--check'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }, 60_000);

  test('the critical path takes what its steps take together', () => {
    const page = readFileSync(join(root, 'docs/critical-path.md'), 'utf8');
    const table = /<!-- steps -->([\s\S]*)<!-- \/steps -->/.exec(page)![1]!;
    const ranges = [...table.matchAll(/\| (\**)(\d+)–(\d+)\** \|/g)];
    const sum = (rows: RegExpExecArray[], at: number) => rows.reduce((all, row) => all + Number(row[at]), 0);
    const [steps, total] = [ranges.filter(row => row[1] === ''), ranges.filter(row => row[1] !== '')];
    expect(steps.length).toBeGreaterThan(20);
    expect([sum(total, 2), sum(total, 3)]).toEqual([sum(steps, 2), sum(steps, 3)]);
  });
});
