import { existsSync } from 'node:fs';
import { runningEngine, stopEngine } from '../engine-process.ts';
import { stateDirectory } from '../state-directory.ts';
import type { World } from '../world.ts';

/** `slipway down`: stops the engine, the balancer, every task and build. What was released is kept for the next start. */
export async function down(world: World, options: { state?: string }): Promise<number> {
  const state = stateDirectory(world.root, world.env, options.state);
  const running = await runningEngine(state);
  if (!running && !existsSync(state)) {
    world.say('Nothing is running here.');
    return 0;
  }
  await stopEngine(state);
  world.say(
    running ? 'Stopped. "npm start" brings back what was released.' : 'Nothing was running; all is clean.',
  );
  return 0;
}
