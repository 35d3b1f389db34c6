import { describe, expect, test } from '@jest/globals';
import { deliveryPipeline } from './test-structures.ts';
import { createWorld, fillArtifacts } from './test-world.ts';

class Killed extends Error {}

const MINUTE = 60_000;
const TEST_TIMEOUT_MS = 120_000;

/** Runs a delivery pipeline to its end, approved; at the n-th commit or effect the engine is killed and started again. */
async function release(kill?: { at: 'commit' | 'effect'; n: number }) {
  const world = createWorld();
  fillArtifacts(world);
  await world.create(deliveryPipeline());
  let commits = 0;
  let effects = 0;
  let dead = false;
  let restarted = false;
  const count = (is: boolean) => {
    if (dead || !is) return;
    dead = true;
    throw new Killed();
  };
  world.store.onCommit(() => count(++commits === kill?.n && kill.at === 'commit'));
  world.fakes.afterEffect = () => count(++effects === kill?.n && kill.at === 'effect');
  const approve = () => {
    try {
      if (world.action('Approval', 'Approve')?.token) world.approve();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  };
  const finished = (): boolean => {
    if (!dead || restarted) approve();
    return (dead && !restarted) || world.statuses()[0] !== 'InProgress';
  };
  world.fakes.functions.gate = 'continue';
  world.start();
  await world.run(MINUTE, finished).catch(error => {
    if (!(error instanceof Killed)) throw error;
  });
  if (dead) {
    restarted = true;
    world.errors.splice(0);
    await world.restart();
    await world.run(MINUTE, finished);
  }
  const { actionExecutionDetails } = world.call('ListActionExecutions', { pipelineName: 'slipway-news' });
  const outcome = {
    statuses: world.statuses(),
    effects: world.fakes.effects,
    actions: actionExecutionDetails.length,
    errors: world.errors,
  };
  await world.close();
  return { outcome, commits, effects };
}

describe('an engine that is killed during an execution', () => {
  test.each(['commit', 'effect'] as const)(
    'after any %s goes on and does nothing twice',
    async at => {
      const whole = await release();
      expect(whole.outcome).toMatchObject({ statuses: ['Succeeded'], actions: 12, errors: [] });
      const points = at === 'commit' ? whole.commits : whole.effects;
      expect(points).toBeGreaterThan(10);
      for (let n = 1; n <= points; n++) {
        const { outcome } = await release({ at, n });
        expect({ n, ...outcome }).toEqual({ n, ...whole.outcome });
      }
    },
    TEST_TIMEOUT_MS,
  );
});
