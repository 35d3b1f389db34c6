import type { Clock } from '../core/clock.ts';
import type { Group } from './group.ts';
import type { AccessLog } from './metrics.ts';

/** What listeners need of the balancer. */
export interface Services {
  clock: Clock;
  /** A number in [0, 1). */
  random(): number;
  /** The target group in force under that key. */
  group(key: string): Group | undefined;
  accessLog: AccessLog;
  log(line: string): void;
}
