import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const PROGRAM = fileURLToPath(new URL('../bin/slipway.js', import.meta.url));

test('a reader that has seen enough, as in `slipway --help | head -1`, is no fault', async () => {
  const child = spawn(process.execPath, [PROGRAM, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy(); // the reader is gone before the first line
  let told = '';
  child.stderr.setEncoding('utf8').on('data', chunk => (told += chunk));
  const [code] = (await once(child, 'exit')) as [number | null];
  expect([code, told]).toEqual([0, '']);
});
