import { describe, expect, test } from '@jest/globals';
import type { Behaviour, Verdict } from './test-fakes.ts';
import { createGroup } from './test-structures.ts';
import { createWorld } from './test-world.ts';

class Killed extends Error {}

const MINUTE = 60_000;
const TEST_TIMEOUT_MS = 120_000;
const hooked = 'Hooks:\n  - BeforeInstall: approve\n  - AfterAllowTestTraffic: check\n';
const canary = { DeploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes' };

/** Runs a deployment to its end; at the n-th commit or effect the engine is killed and started again. */
async function deploy(
  green: Behaviour,
  { hook, kill }: { hook?: Verdict; kill?: { at: 'commit' | 'effect'; n: number } } = {},
) {
  const world = createWorld();
  await createGroup(world, canary);
  world.fakes.behaviours['news:2'] = green;
  if (hook) world.fakes.functions = { approve: 'Succeeded', check: hook };
  const id = world.create('news:2', 'news:2', hook ? hooked : '');
  let commits = 0;
  let effects = 0;
  let dead = false;
  const count = (is: boolean) => {
    if (dead || !is) return;
    dead = true;
    throw new Killed();
  };
  world.store.onCommit(() => count(++commits === kill?.n && kill.at === 'commit'));
  world.fakes.afterEffect = () => count(++effects === kill?.n && kill.at === 'effect');
  world.start();
  await world
    .run(MINUTE, () => world.idle() || dead)
    .catch(error => {
      if (!(error instanceof Killed)) throw error;
    });
  if (dead) {
    world.errors.splice(0);
    await world.restart();
    await world.run(MINUTE, world.idle);
  }
  const outcome = {
    status: world.statusOf(id),
    rollback: world.deploy.deployment(id)?.rollbackDeploymentId !== undefined,
    effects: world.fakes.effects,
    live: world.fakes.live(),
    violations: world.fakes.violations,
    errors: world.errors,
  };
  await world.close();
  return { outcome, commits, effects };
}

describe.each([
  ['healthy', 'Succeeded'],
  ['crashes', 'Failed'],
  ['fades', 'Failed'],
  ['healthy', 'Succeeded', 'Succeeded'],
  ['healthy', 'Failed', 'Failed'],
  ['healthy', 'Failed', 'throws'],
] as [Behaviour, string, Verdict?][])(
  'an engine that is killed in a deployment whose green %s (%s, hook: %s)',
  (green, status, hook) => {
    test.each(['commit', 'effect'] as const)(
      'after any %s goes on, does nothing twice and leaves no traffic on an empty group',
      async at => {
        const whole = await deploy(green, { ...(hook && { hook }) });
        expect(whole.outcome).toMatchObject({ status, violations: [], errors: [] });
        const points = at === 'commit' ? whole.commits : whole.effects;
        expect(points).toBeGreaterThan(2);
        for (let n = 1; n <= points; n++) {
          const { outcome } = await deploy(green, { kill: { at, n }, ...(hook && { hook }) });
          expect({ n, ...outcome }).toEqual({ n, ...whole.outcome });
        }
      },
      TEST_TIMEOUT_MS,
    );
  },
);
