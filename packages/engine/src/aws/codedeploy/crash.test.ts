import { afterEach, describe, expect, test } from '@jest/globals';
import { type Behaviour, createGroup, createWorld, type World } from './test-world.ts';

class Killed extends Error {}

const MINUTE = 60_000;
const canary = { DeploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes' };

let world: World;
afterEach(() => world.close());

/** Runs a deployment to its end; at the n-th commit or effect the engine is killed and started again. */
async function deploy(kill: { at: 'commit' | 'effect'; n: number } | undefined, green: Behaviour) {
  world = createWorld();
  await createGroup(world, canary);
  world.fakes.behaviours['news:2'] = green;
  const id = world.create('news:2');
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
  let restarted = false;
  await world.run(5 * MINUTE, () => world.idle() || (dead && !restarted));
  if (dead) {
    restarted = true;
    world.errors.splice(0);
    await world.restart();
    await world.run(5 * MINUTE, world.idle);
  }
  return { id, commits, effects };
}

describe.each(['healthy', 'crashes', 'fades'] as const)(
  'an engine that is killed in a deployment whose green %s',
  green => {
    test.each(['commit', 'effect'] as const)('after any %s goes on and does nothing twice', async at => {
      const whole = await deploy(undefined, green);
      const expected = { effects: world.fakes.effects, status: world.statusOf(whole.id) };
      const points = at === 'commit' ? whole.commits : whole.effects;
      await world.close();
      expect(points).toBeGreaterThan(2);
      for (let n = 1; n <= points; n++) {
        const { id } = await deploy({ at, n }, green);
        expect({ n, violations: world.fakes.violations }).toEqual({ n, violations: [] });
        expect({ n, status: world.statusOf(id) }).toEqual({ n, status: expected.status });
        expect({ n, effects: world.fakes.effects }).toEqual({ n, effects: expected.effects });
        expect(world.errors).toEqual([]);
        await world.close();
      }
      world = createWorld();
    });
  },
);
