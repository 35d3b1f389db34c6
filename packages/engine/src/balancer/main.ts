import { parseArgs } from 'node:util';
import { SystemClock } from '../core/clock.ts';
import { socketPath } from '../core/socket-path.ts';
import { Balancer } from './balancer.ts';
import { openControl } from './control.ts';
import { Memory } from './memory.ts';

/** Requests that are still running this long after SIGTERM are cut off. */
const CLOSE_LIMIT_MS = 5000;

const { values } = parseArgs({ options: { state: { type: 'string' } } });
if (!values.state) {
  console.error('usage: node main.ts --state <directory>');
  process.exit(2);
}

const clock = new SystemClock();
const log = (line: string): void => console.error(`${new Date(clock.now()).toISOString()} balancer: ${line}`);

// A fault in one request must not end the others: it is told, and everything goes on.
process.on('uncaughtException', error => log(`uncaught: ${error.stack ?? error}`));
process.on('unhandledRejection', reason =>
  log(`unhandled: ${reason instanceof Error ? reason.stack : reason}`),
);

const memory = new Memory(values.state, log);
const { table, health, ports } = memory.recall();
const balancer = new Balancer({ clock, random: Math.random, log, health, ports });
const control = await openControl({
  balancer,
  memory,
  path: socketPath(values.state, 'balancer.sock'),
  log,
}).catch(error => {
  log(String(error));
  process.exit(1);
});
if (table) await balancer.apply(table);
log(`serves table ${balancer.number}, process ${process.pid}`);

const stop = async (): Promise<void> => {
  log('closing');
  await balancer.close(CLOSE_LIMIT_MS);
  control.close();
  process.exit(0);
};
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
