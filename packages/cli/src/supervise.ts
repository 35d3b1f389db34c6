import { setTimeout as delay } from 'node:timers/promises';
import { type EngineInfo, isAlive, leftRecord, runningEngine } from './engine-process.ts';
import { messageOf } from './errors.ts';

const LOOK_EVERY_MS = 500;
const MAX_RESTARTS = 5;

export interface SuperviseOptions {
  state: string;
  engine: EngineInfo;
  restart(): Promise<EngineInfo>;
  say(line: string): void;
  signal: AbortSignal;
}

/**
 * Watches the engine and starts it again when it is gone; the services run on meanwhile. Resolves on `signal`, when
 * someone else stopped it (`slipway down`), or after too many restarts.
 */
export async function supervise(options: SuperviseOptions): Promise<void> {
  let { engine } = options;
  for (let restarts = 0; !options.signal.aborted; ) {
    await delay(LOOK_EVERY_MS, undefined, { signal: options.signal }).catch(() => undefined);
    if (options.signal.aborted || isAlive(engine.pid)) continue;
    const other = await runningEngine(options.state);
    if (other) engine = other;
    else if (!leftRecord(options.state)) return options.say('The engine was stopped.');
    else if (++restarts > MAX_RESTARTS)
      return options.say('The engine keeps ending; see engine.log in the state.');
    else {
      options.say('The engine ended unexpectedly; the services run on. Starting it again …');
      try {
        engine = await options.restart();
      } catch (error) {
        options.say(messageOf(error));
      }
    }
  }
}
