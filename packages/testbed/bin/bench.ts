#!/usr/bin/env node
/** `npm run bench`: what a user waits for, measured on real processes. Ratios are taken side by side in one run. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../src/clone.ts';
import { makeCheckout, timeFirstRelease } from '../src/first-release.ts';
import type { Speed } from '../src/kit-cost.ts';
import { type PushTime, release } from '../src/push-time.ts';
import { benchBody, benchServices } from '../src/service-bench.ts';
import { median, timeToHealthy } from '../src/spawn-time.ts';
import { makeServices, type SynthTime, timeSynthesis } from '../src/synth-time.ts';

const RUNS = 15;
const PUSHES = 5;
const SYNTHESES = 5;
/** Of CDK's validation, which grows faster than the definition. */
const VALIDATION_LIMIT_MS = 120_000;
const LOADS = { rounds: 30, requests: 20_000, runs: RUNS };
/** A route of each service that anybody may read. */
const ROUTES = [
  { name: 'user', path: '/users', route: '/users/.well-known/jwks.json' },
  { name: 'news', path: '/news', route: '/news/articles' },
  { name: 'market', path: '/market', route: '/market/quotes' },
  { name: 'blog', path: '/blog', route: '/blog/posts' },
];
const SERVICES = ['user', 'news', 'market', 'blog'];

/** `npm run bench -- push` measures only that. */
const BENCHES: Record<string, () => Promise<void>> = {
  spawn: benchSpawn,
  release: benchFirstRelease,
  push: benchPush,
  synth: benchSynth,
  services: benchServiceKit,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter(name => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}: there are ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(1);
}
console.log(`Node ${process.version}, ${process.platform} ${process.arch}`);
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log();
  await bench();
}

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
    `First release, cold: live after ${seconds(cold.liveMs)}, all stopped after ${seconds(cold.totalMs)}`,
  );
  for (const { pipeline, stage, ms } of cold.stages) {
    console.log(`  ${pipeline.padEnd(18)} ${stage.padEnd(12)} ${seconds(ms).padStart(8)}`);
  }
  const again = await timeFirstRelease(checkout.cli);
  console.log(`\nStarted again on the same state: live and stopped after ${seconds(again.totalMs)}`);
}

/** A one-line push to production with waits at zero, beside the same work with the bare tools, in turn. */
async function benchPush(): Promise<void> {
  using checkout = await makeCheckout();
  await using released = await release(checkout.clone, checkout.cli);
  await released.push(0); // warms caches on both sides
  const times: PushTime[] = [];
  for (let round = 1; round <= PUSHES; round++) times.push(await released.push(round));
  const middle = (of: (time: PushTime) => number): number => median(times.map(of));
  const bare = ({ bare: { tools, healthy } }: PushTime): number => tools + healthy;
  console.log(`One-line push to production, waits at zero, median of ${PUSHES}`);
  console.log(`  ${'affected is known'.padEnd(34)} ${seconds(middle(time => time.affected)).padStart(8)}`);
  console.log(`  ${'production is on it'.padEnd(34)} ${seconds(middle(time => time.live)).padStart(8)}`);
  console.log(`  ${'the pipeline has ended'.padEnd(34)} ${seconds(middle(time => time.ended)).padStart(8)}`);
  console.log(
    `  ${'bare tools and a healthy process'.padEnd(34)} ${seconds(middle(bare)).padStart(8)}   ratio ${middle(time => time.live / bare(time)).toFixed(2)}`,
  );
  for (const { name } of times[0]!.steps) {
    const took = middle(time => time.steps.find(step => step.name === name)?.ms ?? Number.NaN);
    console.log(`    ${name.padEnd(72)} ${(took / 1000).toFixed(2).padStart(6)} s`);
  }
}

/** The synthesis of generated services, direct and with CDK's validation, and how much it writes. */
async function benchSynth(): Promise<void> {
  console.log(`Synthesis, median of ${SYNTHESES}, with CDK's validation once`);
  let before: Counted | undefined;
  for (const count of [4, 40, 50, 100]) {
    using services = makeServices(count);
    const times: SynthTime[] = [];
    for (let round = 0; round < SYNTHESES; round++) {
      times.push((await timeSynthesis(services, { validation: false, limitMs: VALIDATION_LIMIT_MS }))!);
    }
    const validated = await timeSynthesis(services, { validation: true, limitMs: VALIDATION_LIMIT_MS });
    const size = times[0]!;
    const direct = median(times.map(each => each.seconds)).toFixed(1);
    const limit = `> ${VALIDATION_LIMIT_MS / 1000}`;
    console.log(
      `  ${String(count).padStart(3)} services  ${direct.padStart(5)} s   validated ${(validated?.seconds.toFixed(1) ?? limit).padStart(6)} s   ` +
        `${size.templates} templates, ${size.resources} resources, ${(size.bytes / 1000).toFixed(0)} kB${size.refused ? '; refused by the guards' : ''}`,
    );
    if (before) console.log(`    each service more: ${perService(before, { count, size })}`);
    before = { count, size };
  }
}

/** What the kit costs, a route of each service beside the same answer in bare Express, in turn. */
async function benchServiceKit(): Promise<void> {
  console.log(
    `Requests on 32 kept connections, stores in memory, median of ${LOADS.rounds} rounds of ${LOADS.requests} requests`,
  );
  console.log(`${' '.repeat(36)} requests/s     p99    CPU a request    memory`);
  for await (const { service, route, speeds, kB, readyMs } of benchServices(ROUTES, LOADS)) {
    console.log(
      `  ${service}: GET ${route}; ready after ${readyMs.toFixed(0)} ms, bundle ${kB.toFixed(0)} kB`,
    );
    for (const [name, speed] of Object.entries(speeds)) console.log(describeSpeed(name, speed));
  }
  const body = await benchBody(LOADS);
  console.log('  a body of 250 bytes, read, checked and given back');
  for (const [name, speed] of Object.entries(body)) console.log(describeSpeed(name, speed));
}

function describeSpeed(name: string, { requestsPerSecond, p99Ms, cpuUs, ofFirst, rssMb }: Speed): string {
  const percent = (share: number): string => (share * 100).toFixed(0).padStart(3);
  const words = [
    `    ${name.padEnd(10)}`,
    `${requestsPerSecond.toFixed(0).padStart(24)} (${percent(ofFirst.requestsPerSecond)} %)`,
    `${p99Ms.toFixed(1).padStart(6)} ms`,
    `${cpuUs.toFixed(1).padStart(6)} µs (${percent(ofFirst.cpu)} %)`,
    `${rssMb.toFixed(0).padStart(6)} MB`,
  ];
  return words.join('');
}

interface Counted {
  count: number;
  size: SynthTime;
}

function perService(from: Counted, to: Counted): string {
  const each = (of: (size: SynthTime) => number): number =>
    (of(to.size) - of(from.size)) / (to.count - from.count);
  const [templates, resources, kB] = [
    each(size => size.templates),
    each(size => size.resources),
    each(size => size.bytes) / 1000,
  ];
  return `${templates.toFixed(0)} templates, ${resources.toFixed(1)} resources, ${kB.toFixed(1)} kB`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
