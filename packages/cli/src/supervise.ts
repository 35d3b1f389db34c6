import { setTimeout as delay } from 'node:timers/promises';
import { type EngineInfo, isAlive, leftRecord, runningEngine } from './engine-process.ts';
import { messageOf } from './errors.ts';

const LOOK_EVERY_MS = 500;
/** An engine that ran as long as this was not broken from its start. */
const SOUND_AFTER_MS = 5000;
const MAX_QUICK_ENDS = 5;

export interface SuperviseOptions {
  state: string;
  engine: EngineInfo;
  restart(): Promise<EngineInfo>;
  say(line: string): void;
  now(): number;
  signal: AbortSignal;
}

/**
 * Watches the engine and starts it again when it is gone; the services run on meanwhile. Resolves on `signal`, when
 * someone else stopped it (`slipway down`), or when it ends again and again soon after its start.
 */
export async function supervise(options: SuperviseOptions): Promise<void> {
  let { engine } = options;
  let startedAt = options.now();
  for (let quickEnds = 0; !options.signal.aborted; ) {
    await delay(LOOK_EVERY_MS, undefined, { signal: options.signal }).catch(() => undefined);
    if (options.signal.aborted || isAlive(engine.pid)) continue;
    const other = await runningEngine(options.state);
    if (other) {
      engine = other;
      continue;
    }
    if (!leftRecord(options.state)) return options.say('The engine was stopped.');
    quickEnds = options.now() - startedAt < SOUND_AFTER_MS ? quickEnds + 1 : 0;
    if (quickEnds > MAX_QUICK_ENDS)
      return options.say('The engine keeps ending; see engine.log in the state.');
    options.say('The engine ended unexpectedly; the services run on. Starting it again …');
    startedAt = options.now();
    engine = await options.restart().catch(error => {
      options.say(messageOf(error));
      return engine;
    });
  }
}
