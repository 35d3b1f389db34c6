#!/usr/bin/env node
import { createEcr, main } from '../src/index.ts';

process.exitCode = await main(process.argv.slice(2), {
  ecr: createEcr(),
  platform: { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch },
  print: line => console.log(line),
  warn: line => console.error(line),
});
