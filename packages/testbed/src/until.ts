import { setTimeout as delay } from 'node:timers/promises';
import type { Running } from './cli.ts';

const LOOK_EVERY_MS = 50;

/** Waits for `condition`. Throws with `what` there is to say when that takes too long, or when `ended` does. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { limitMs, what, ended }: { limitMs: number; what(): string; ended?: Running },
): Promise<void> {
  let over = false;
  void ended?.ended.then(() => (over = true));
  const limit = Date.now() + limitMs;
  while (!(await condition())) {
    if (over || Date.now() > limit)
      throw new Error(`${over ? 'it ended' : `${limitMs} ms passed`} before that:\n${what()}`);
    await delay(LOOK_EVERY_MS);
  }
}
