import { rmSync } from 'node:fs';

export default function teardown() {
  for (const path of [process.env.SLIPWAY_FIXTURE, process.env.SLIPWAY_RICH_FIXTURE])
    rmSync(path, { recursive: true, force: true });
}
