import type { Clock } from './clock.ts';
import type { Ids } from './ids.ts';
import type { Pace } from './pace.ts';
import type { Store } from './store.ts';

/** What every service of the engine gets. */
export interface Context {
  store: Store;
  clock: Clock;
  pace: Pace;
  ids: Ids;
  account: string;
  region: string;
  /** The state directory: absolute, outside every git work tree. A service uses `<state>/<its name>/`. */
  state: string;
  /** `http://127.0.0.1:<port>`: where this engine answers. */
  endpoint(): string;
  /** Tells the operator's log something that is no event; one line. */
  log(line: string): void;
}
