#!/usr/bin/env node
/** `npm run bench`: what a user waits for, measured on real processes. Ratios are taken side by side in one run. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../src/clone.ts';
import { makeCheckout, timeFirstRelease } from '../src/first-release.ts';
import { median, timeToHealthy } from '../src/spawn-time.ts';

const RUNS = 15;
const SERVICES = ['user', 'news', 'market', 'blog'];

console.log(`Node ${process.version}, ${process.platform} ${process.arch}\n`);
await benchSpawn();
await benchFirstRelease();

/** A task's spawn to healthy, each service beside a bare Express, taken in turn. */
async function benchSpawn(): Promise<void> {
  console.log(`Spawn to healthy, median of ${RUNS}`);
  const turbo = join(ROOT, 'node_modules/.bin/turbo');
  execFileSync(turbo, ['run', 'build', ...SERVICES.map(each => `--filter=@slipway/${each}`)], { cwd: ROOT });
  const bare = join(ROOT, 'packages/testbed/fixtures/bare-express.mjs');
  const paths: Record<string, string> = { user: '/users', news: '/news', market: '/market', blog: '/blog' };
  for (const service of SERVICES) {
    const program = join(ROOT, 'packages', service, 'dist/main.js');
    const times: { service: number; bare: number }[] = [];
    for (let run = 0; run < RUNS; run++) {
      times.push({
        service: await timeToHealthy(program, `${paths[service]}/healthz`),
        bare: await timeToHealthy(bare, '/healthz'),
      });
    }
    const ratio = median(times.map(each => each.service / each.bare));
    const [own, yardstick] = [median(times.map(each => each.service)), median(times.map(each => each.bare))];
    console.log(
      `  ${service.padEnd(8)} ${own.toFixed(0).padStart(5)} ms   bare Express ${yardstick.toFixed(0)} ms   ratio ${ratio.toFixed(2)}`,
    );
  }
}

/** The cold first release: a new clone, an empty state, the installed packages; then once more with its caches. */
async function benchFirstRelease(): Promise<void> {
  using checkout = await makeCheckout();
  const cold = await timeFirstRelease(checkout.cli);
  console.log(
    `\nFirst release, cold: live after ${seconds(cold.liveMs)}, all stopped after ${seconds(cold.totalMs)}`,
  );
  for (const { pipeline, stage, ms } of cold.stages) {
    console.log(`  ${pipeline.padEnd(18)} ${stage.padEnd(12)} ${seconds(ms).padStart(8)}`);
  }
  const again = await timeFirstRelease(checkout.cli);
  console.log(`\nStarted again on the same state: live and stopped after ${seconds(again.totalMs)}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
