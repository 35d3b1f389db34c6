import { findServices, loadEnvironments, productOf } from '@slipway/contract';
import { runningEngine } from '../engine-process.ts';
import { contains } from '../history.ts';
import { EXIT_CODES } from '../outcome.ts';
import { removedLine, removedServices } from '../removed.ts';
import { type Run, runsOfCommit } from '../runs.ts';
import { stateDirectory } from '../state-directory.ts';
import { engineTarget, type Target } from '../target.ts';
import { tellingOf } from '../telling.ts';
import { watch } from '../watch.ts';
import type { World } from '../world.ts';

/** A push is noted a moment before its follower starts. */
const SLACK_MS = 10_000;

/**
 * `slipway follow <commit>`: what `git push` shows, by the hook of the engine's repository. Tells a line for whatever
 * this push sets going until all of it is live, has failed or waits for somebody. Its exit code is of no consequence
 * to the push.
 */
export async function follow(world: World, options: { commit: string; state?: string }): Promise<number> {
  const state = stateDirectory(world.root, world.env, options.state);
  const engine = await runningEngine(state);
  if (!engine) {
    world.say('Slipway is not running: this push is kept and released at its next start (npm start).');
    return 0;
  }
  const product = productOf(world.root);
  const target = engineTarget(engine);
  const since = world.now() - SLACK_MS;
  const repository = { directory: world.directory };
  /** A later push that does not contain the commit took the branch before anything fetched it. */
  const isForcedAway = async () => !(await contains(repository, 'HEAD', options.commit));
  const overtaken: Run = {
    ...{ pipeline: `${product}-platform`, id: '', status: 'Superseded', commit: options.commit },
  };
  const outcome = await watch({
    ...tellingOf(world, target, options, world.directory),
    target,
    product,
    runs: async () => {
      const runs = await runsOfCommit(target, {
        product,
        commit: options.commit,
        contains: (whole, part) => contains(repository, whole, part),
        since,
      });
      return runs ?? ((await isForcedAway()) ? [overtaken] : undefined);
    },
    since: new Date(since).toISOString(),
    say: world.say,
    now: world.now,
    signal: world.interruption(),
  });
  if (!outcome) {
    world.say('Not watched any longer; what was pushed goes on. See: npx slipway status');
    return 0;
  }
  for (const line of [...outcome.lines, ...(await removedLines(world, target))]) world.say(line);
  return EXIT_CODES[outcome.state];
}

/** What runs although its directory is gone; nothing when that cannot be told. */
async function removedLines(world: World, target: Target): Promise<string[]> {
  try {
    const { name: product, environments } = loadEnvironments(world.root);
    const names = environments.map(({ name }) => name);
    const known = { product, environments: names, services: findServices(world.root) };
    return (await removedServices(target, known)).map(removedLine);
  } catch {
    return [];
  }
}
