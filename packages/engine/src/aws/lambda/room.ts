import type { LambdaFunction } from './function.ts';
import type { Tables } from './tables.ts';

/** How many functions run side by side on this machine, all together; AWS gives an account 1,000. */
const MOST_RUNNING = 16;

/** Whether one more invocation of a function may begin now. */
export function hasRoom(tables: Tables, { name, reservedConcurrency }: LambdaFunction): boolean {
  const running = runningOf(tables);
  if (running.length >= MOST_RUNNING) return false;
  return reservedConcurrency === undefined || own(running, name) < reservedConcurrency;
}

/** Whether a function has as many invocations under way as it reserves: a synchronous caller is throttled then. */
export function isThrottled(tables: Tables, { name, reservedConcurrency }: LambdaFunction): boolean {
  return reservedConcurrency !== undefined && own(runningOf(tables), name) >= reservedConcurrency;
}

function runningOf(tables: Tables): string[] {
  return tables.active.keys().flatMap(id => {
    const invocation = tables.invocations.get(id);
    return invocation?.status === 'Running' ? [invocation.function] : [];
  });
}

function own(running: string[], name: string): number {
  return running.filter(each => each === name).length;
}
