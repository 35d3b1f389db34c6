import { HOURS, PRICES, SPOT_SHARE } from './prices.ts';
import { money } from './report.ts';

/** What one more of something that environments.yaml or a contract says costs a month. */
export interface Knob {
  readonly key: string;
  readonly means: string;
  readonly usd: number;
  readonly sum: string;
}

/** The task that a contract without sizes has, in vCPU and GB. */
const TASK = { cpu: 0.25, memory: 0.5 };

const { address, nat, endpoint, balancer, networkBalancer, disk } = PRICES;

export function taskUsd(architecture: 'ARM64' | 'X86_64'): number {
  const [cpu, memory] =
    architecture === 'ARM64'
      ? [PRICES.fargateArmCpu, PRICES.fargateArmMemory]
      : [PRICES.fargateX86Cpu, PRICES.fargateX86Memory];
  return (TASK.cpu * cpu.usd + TASK.memory * memory.usd) * HOURS;
}

export const GATEWAY_USD = (nat.usd + address.usd) * HOURS;
export const ADDRESS_USD = address.usd * HOURS;
export const BALANCER_USD = balancer.usd * HOURS;
export const NETWORK_BALANCER_USD = networkBalancer.usd * HOURS;
export const INSTANCE_USD = PRICES.t4gMedium.usd * HOURS + 30 * disk.usd;

export const KNOBS: readonly Knob[] = [
  knob(
    '`architecture: X86_64`',
    'instead of ARM64: more for each task of 0.25 vCPU and 0.5 GB',
    taskUsd('X86_64') - taskUsd('ARM64'),
    `${money(taskUsd('X86_64'))} − ${money(taskUsd('ARM64'))}`,
  ),
  knob(
    '`tasks`',
    'a task of 0.25 vCPU and 0.5 GB on ARM',
    taskUsd('ARM64'),
    '(0.25 × 0.04045 + 0.5 × 0.00442) × 730 h',
  ),
  knob(
    '`capacity.type: fargate-spot`',
    'the same task on Spot, where it gets it (a guess: Spot prices move)',
    taskUsd('ARM64') * SPOT_SHARE,
    `${money(taskUsd('ARM64'))} × ${SPOT_SHARE}`,
  ),
  knob(
    '`capacity.type: ec2`, `count`',
    'an instance, t4g.medium with 30 GB, on demand',
    INSTANCE_USD,
    `${PRICES.t4gMedium.usd} × 730 h + 30 × ${disk.usd}`,
  ),
  knob('`capacity.public`', 'the public address of an instance', ADDRESS_USD, `${address.usd} × 730 h`),
  knob(
    '`network.nat`',
    'a gateway with its address, and 0.062 for each GB through it',
    GATEWAY_USD,
    `(${nat.usd} + ${address.usd}) × 730 h`,
  ),
  knob(
    '`network.endpoints`',
    'an interface endpoint in a zone, and 0.01 for each GB',
    endpoint.usd * HOURS,
    `${endpoint.usd} × 730 h`,
  ),
  knob(
    '`network.zones`',
    'a zone more: the address of the door in it',
    ADDRESS_USD,
    `${address.usd} × 730 h`,
  ),
  knob(
    '`network.flowLogs`',
    'a GB of flow records (taken as any log; AWS bills them as vended logs)',
    PRICES.logs.usd,
    '0.76 × 1 GB',
  ),
  knob('`logs`', 'a GB of logs kept for another 30 days', PRICES.logsKept.usd, '0.033 × 1 GB'),
  knob(
    '`protect`',
    'the backups of a table of 1 GB',
    PRICES.tableBackup.usd,
    `${PRICES.tableBackup.usd} × 1 GB`,
  ),
  knob('`dashboards`', 'the page of a service', PRICES.dashboard.usd, '3 × 1'),
  knob(
    '`alarms`',
    'an alarm on one metric; e-mails are free up to 1,000 a month',
    PRICES.alarm.usd,
    '0.1 × 1',
  ),
  knob(
    '`domain`',
    'the zone inside the network that answers for it, and as much for the public one, which you bring; records that lead to balancers and certificates cost nothing',
    PRICES.zone.usd,
    '0.5 × 1',
  ),
  knob(
    '`terminationWait`, canaries',
    'an hour in which a second task of 0.25 vCPU runs beside the first',
    taskUsd('ARM64') / HOURS,
    `${money(taskUsd('ARM64'))} ÷ 730 h`,
  ),
  knob(
    '`environments`, `regions`',
    'a place more, without its tasks: two balancers, a gateway, two addresses, the zone of its internal name',
    BALANCER_USD + NETWORK_BALANCER_USD + GATEWAY_USD + 2 * ADDRESS_USD + PRICES.zone.usd,
    `${money(BALANCER_USD)} + ${money(NETWORK_BALANCER_USD)} + ${money(GATEWAY_USD)} + 2 × ${money(ADDRESS_USD)} + ${PRICES.zone.usd}`,
  ),
];

function knob(key: string, means: string, usd: number, sum: string): Knob {
  return { key, means, usd, sum };
}

export function knobsTable(): string {
  const rows = KNOBS.map(({ key, means, usd, sum }) => `| ${key} | ${means} | ${sum} | ${money(usd)} |`);
  return ['| Key | What it adds | Sum | USD a month |', '|---|---|---|---:|', ...rows].join('\n');
}

/** The amounts that comments in environments.yaml may name: those of the choices, and of prices by the month or GB. */
export function knobAmounts(): string[] {
  const prices = Object.values(PRICES).map(({ usd }) => String(usd));
  return [...KNOBS.map(({ usd }) => money(usd)), ...prices];
}
