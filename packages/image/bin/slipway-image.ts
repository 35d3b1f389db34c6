#!/usr/bin/env node
import { setTimeout as delay } from 'node:timers/promises';
import { createEcr, main } from '../src/index.ts';

/** A registry may be away for about twenty seconds: an engine that was killed is back sooner. */
const PAUSE_MS = 500;
const MOST_ATTEMPTS = 40;

process.exitCode = await main(process.argv.slice(2), {
  ecr: createEcr(),
  outage: async attempt => {
    await delay(PAUSE_MS);
    return attempt < MOST_ATTEMPTS;
  },
  platform: { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch },
  print: line => console.log(line),
  warn: line => console.error(line),
});
