import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { bundleService } from './bundle.ts';

const root = mkdtempSync(join(tmpdir(), 'slipway-checkouts-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('the same source makes the same bytes in any checkout', async () => {
  const [one, other] = [checkOut('one'), checkOut('another/much/deeper')];
  await bundleService(one);
  await bundleService(other);
  const files = readAll(join(one, 'dist'));
  expect(readAll(join(other, 'dist'))).toEqual(files);
  expect(Object.values(files).join('\n')).not.toContain(root);
});

test('what an earlier build left behind is gone', async () => {
  const service = checkOut('again');
  mkdirSync(join(service, 'dist'));
  writeFileSync(join(service, 'dist/old.js'), '');
  await bundleService(service);
  expect(Object.keys(readAll(join(service, 'dist')))).toEqual([
    'main.js',
    'package.json',
    'public/bootstrap.bundle.min.js',
    'public/bootstrap.min.css',
    'public/docs.js',
    'public/page.css',
    'public/page.js',
    'public/picture.svg',
    'public/session.js',
    'public/theme.js',
  ]);
});

test('each command is a file of its own that runs without the rest', async () => {
  const service = checkOut('commands');
  mkdirSync(join(service, 'src/commands'));
  writeFileSync(join(service, 'src/commands/grant.ts'), "console.log('granted', process.argv[2]);\n");
  writeFileSync(join(service, 'src/commands/grant.test.ts'), "throw new Error('a test');\n");
  await bundleService(service);
  expect(
    Object.keys(readAll(join(service, 'dist'))).filter(file => file.endsWith('.js') && !file.includes('/')),
  ).toEqual(['grant.js', 'main.js']);
  const { stdout } = await promisify(execFile)(process.execPath, [join(service, 'dist/grant.js'), 'ada']);
  expect(stdout).toBe('granted ada\n');
});

/** A checkout with one small service that uses a CommonJS package. */
function checkOut(name: string): string {
  const service = join(root, name, 'packages/small');
  mkdirSync(join(service, 'src'), { recursive: true });
  mkdirSync(join(service, 'public'));
  writeFileSync(
    join(service, 'src/main.ts'),
    "import old from 'old';\nconsole.log(old.read(import.meta.dirname));\n",
  );
  writeFileSync(join(service, 'public/picture.svg'), '<svg/>\n');
  const old = join(root, name, 'node_modules/old');
  mkdirSync(old, { recursive: true });
  writeFileSync(join(old, 'package.json'), '{"name":"old","main":"index.js"}');
  writeFileSync(join(old, 'index.js'), "exports.read = f => require('fs').readdirSync(f);\n");
  return service;
}

function readAll(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const paths = files.map(file => join(file.parentPath, file.name)).sort();
  return Object.fromEntries(paths.map(path => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}
