import { rmSync } from 'node:fs';

export default function teardown() {
  rmSync(process.env.SLIPWAY_FIXTURE, { recursive: true, force: true });
}
