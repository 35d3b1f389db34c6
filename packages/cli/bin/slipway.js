#!/usr/bin/env node
// Plain JavaScript without new syntax, so that an old Node can still say what is missing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const WANTED = 24;
const packaged = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= WANTED) {
  // A reader that has seen enough, as in `slipway status | head`, is no fault.
  process.stdout.on('error', error => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  const { main } = await import('../src/main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else if (existsSync(packaged) && !process.env.SLIPWAY_REEXECUTED) {
  const env = { ...process.env, SLIPWAY_REEXECUTED: '1' };
  const again = spawnSync(packaged, process.argv.slice(1), { stdio: 'inherit', env });
  process.exitCode = again.status ?? 1;
} else {
  console.error(
    `slipway needs Node ${WANTED} or newer, this is ${process.version}: install it and try again.`,
  );
  process.exitCode = 1;
}
