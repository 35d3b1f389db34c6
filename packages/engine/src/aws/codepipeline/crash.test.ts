import { afterEach, describe, expect, test } from '@jest/globals';
import { createWorld, deliveryPipeline, fillArtifacts, type World } from './test-world.ts';

class Killed extends Error {}

const MINUTE = 60_000;
let world: World;
afterEach(() => world.close());

/** Runs a delivery pipeline to its end, approved; at the n-th commit or effect the engine is killed and started again. */
async function release(kill?: { at: 'commit' | 'effect'; n: number }) {
  world = createWorld();
  fillArtifacts(world);
  await world.create(deliveryPipeline());
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
  const finished = (): boolean => {
    if (dead && !restarted) return true;
    const open = world.action('Approval', 'Approve')?.token;
    if (open) attempt(() => world.approve());
    return world.statuses()[0] !== 'InProgress';
  };
  const attempt = (what: () => void) => {
    try {
      what();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  };
  await world.run(5 * MINUTE, finished);
  if (dead) {
    restarted = true;
    world.errors.splice(0);
    await world.restart();
    await world.run(5 * MINUTE, finished);
  }
  return { commits, effects };
}

describe('an engine that is killed during an execution', () => {
  test.each(['commit', 'effect'] as const)('after any %s goes on and does nothing twice', async at => {
    const whole = await release();
    const expected = world.fakes.effects;
    expect(world.statuses()).toEqual(['Succeeded']);
    await world.close();
    const points = at === 'commit' ? whole.commits : whole.effects;
    expect(points).toBeGreaterThan(10);
    for (let n = 1; n <= points; n++) {
      await release({ at, n });
      expect({ n, statuses: world.statuses() }).toEqual({ n, statuses: ['Succeeded'] });
      expect({ n, effects: world.fakes.effects }).toEqual({ n, effects: expected });
      expect(world.errors).toEqual([]);
      const { actionExecutionDetails } = world.call('ListActionExecutions', { pipelineName: 'slipway-news' });
      expect(actionExecutionDetails).toHaveLength(11);
      await world.close();
    }
    world = createWorld();
  });
});
