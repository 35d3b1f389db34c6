import { rmSync } from 'node:fs';

export default function teardown() {
  const { SLIPWAY_FIXTURE, SLIPWAY_RICH_FIXTURE, SLIPWAY_ASIA_FIXTURE } = process.env;
  for (const path of [SLIPWAY_FIXTURE, SLIPWAY_RICH_FIXTURE, SLIPWAY_ASIA_FIXTURE])
    if (path !== undefined) rmSync(path, { recursive: true, force: true });
}
