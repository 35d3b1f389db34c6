import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessFiles } from './process-files.ts';

export interface Reaped {
  id: string;
  /** How it went: had ended (or never started), ended on SIGTERM, or was killed. */
  outcome: 'gone' | 'ended' | 'killed';
}

/**
 * Ends everything that engines of this state directory started and that still runs: SIGTERM to all at once, SIGKILL
 * after `graceMs`. For the time when no engine runs; a living one would start its tasks again. Safe to call twice.
 */
export async function reapAll(stateDir: string, options: { graceMs?: number } = {}): Promise<Reaped[]> {
  const files = new ProcessFiles(stateDir);
  const ids = files.ids();
  const isRunning = (id: string): boolean => files.status(id).state === 'running';
  for (const id of ids) files.giveUp(id);
  const running = ids.filter(isRunning);
  for (const id of running) files.signal(id, 'SIGTERM');
  const stubborn = await waitFor(running, isRunning, options.graceMs ?? 10_000);
  for (const id of stubborn) files.signal(id, 'SIGKILL');
  const left = await waitFor(stubborn, isRunning, 5000);
  if (left.length > 0) throw new Error(`these processes could not be killed: ${left.join(', ')}`);
  for (const id of ids) files.settle(id);
  return ids.map(id => ({
    id,
    outcome: stubborn.includes(id) ? 'killed' : running.includes(id) ? 'ended' : 'gone',
  }));
}

/** Processes that still run, by id, for showing; starts and signals nothing. */
export function listRunning(stateDir: string): { id: string; pid: number }[] {
  const files = new ProcessFiles(stateDir);
  return files.ids().flatMap(id => {
    const status = files.status(id);
    return status.state === 'running' ? [{ id, pid: status.pid }] : [];
  });
}

async function waitFor(ids: string[], isRunning: (id: string) => boolean, ms: number): Promise<string[]> {
  let left = ids.filter(isRunning);
  for (let waited = 0; left.length > 0 && waited < ms; waited += 20) {
    await sleep(20);
    left = left.filter(isRunning);
  }
  return left;
}
