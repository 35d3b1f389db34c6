import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleService } from '@slipway/service-kit/bundle';
import { ROOT } from './clone.ts';
import { type Contender, compareSpeeds, readAnswer, type Speed, weigh } from './kit-cost.ts';

export interface ServiceBench {
  readonly service: string;
  readonly route: string;
  readonly speeds: Readonly<Record<'bare' | 'kit' | 'service', Speed>>;
  readonly kB: number;
  readonly readyMs: number;
}

const fixtures = join(ROOT, 'packages/testbed/fixtures');
const post = JSON.stringify({ title: 'Launch', body: 'The ship left the slipway. '.repeat(8) });

/**
 * One route of each service with its store in memory, beside the same answer given by Express alone and by the kit
 * alone, all bundled alike. What the service is above the kit is its own work.
 */
export async function* benchServices(
  services: readonly { readonly name: string; readonly path: string; readonly route: string }[],
  sizes: { rounds: number; requests: number; runs: number },
): AsyncGenerator<ServiceBench> {
  using bundles = await bundlePrograms(services.map(({ name }) => name));
  for (const { name, path, route } of services) {
    const answer = await readAnswer(contender(bundles.of(name), route, {}));
    const speeds = await compareSpeeds(
      {
        bare: contender(bundles.of('bare-answer'), route, answer),
        kit: contender(bundles.of('kit-answer'), route, answer),
        service: contender(bundles.of(name), route, answer),
      },
      sizes,
    );
    yield { service: name, route, speeds, ...(await weigh(bundles.of(name), `${path}/healthz`, sizes.runs)) };
  }
}

/** A body of 250 bytes that is read, checked and given back, by the kit and by Express alone. */
export async function benchBody(sizes: {
  rounds: number;
  requests: number;
}): Promise<Record<'bare' | 'kit', Speed>> {
  using bundles = await bundlePrograms([]);
  const sent = { method: 'POST', body: post } as const;
  return await compareSpeeds(
    {
      bare: { ...contender(bundles.of('bare-answer'), '/answer/posts', {}), ...sent },
      kit: { ...contender(bundles.of('kit-answer'), '/answer/posts', {}), ...sent },
    },
    sizes,
  );
}

function contender(program: string, route: string, answer: unknown): Contender {
  const env = { ANSWER: JSON.stringify({ path: route, answer }) };
  return { name: program, program, env, method: 'GET', path: route };
}

async function bundlePrograms(
  services: readonly string[],
): Promise<Disposable & { of: (name: string) => string }> {
  const out = mkdtempSync(join(tmpdir(), 'slipway-bundles-'));
  for (const name of ['bare-answer', 'kit-answer'])
    await bundleService(join(fixtures, name), join(out, name));
  for (const name of services) await bundleService(join(ROOT, 'packages', name), join(out, name));
  return {
    of: name => join(out, name, 'main.js'),
    [Symbol.dispose]: () => rmSync(out, { recursive: true, force: true }),
  };
}
