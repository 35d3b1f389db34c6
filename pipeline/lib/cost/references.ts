import { usd } from './bill.ts';
import {
  ADDRESS_USD,
  BALANCER_USD,
  GATEWAY_USD,
  INSTANCE_USD,
  NETWORK_BALANCER_USD,
  taskUsd,
} from './knobs.ts';
import { HOURS, PRICES } from './prices.ts';
import { money, type Report } from './report.ts';

interface Part {
  readonly count: number;
  readonly what: string;
  readonly each: number;
}

interface Layout {
  readonly name: string;
  readonly parts: readonly Part[];
}

/** Four services, one task each in staging and two in production, two zones, one gateway in each environment. */
const SERVICES = 4;
const TASKS = 12;
const gateways = part(2, 'NAT gateways with addresses', GATEWAY_USD);

const LAYOUTS: readonly Layout[] = [
  {
    name: 'Slipway: one internal balancer and one door an environment, ARM',
    parts: [
      gateways,
      part(2, 'application balancers', BALANCER_USD),
      part(2, 'network balancers', NETWORK_BALANCER_USD),
      part(4, 'addresses', ADDRESS_USD),
      part(TASKS, 'tasks on ARM', taskUsd('ARM64')),
    ],
  },
  {
    name: 'the same on x86',
    parts: [
      gateways,
      part(2, 'application balancers', BALANCER_USD),
      part(2, 'network balancers', NETWORK_BALANCER_USD),
      part(4, 'addresses', ADDRESS_USD),
      part(TASKS, 'tasks on x86', taskUsd('X86_64')),
    ],
  },
  {
    name: 'a public balancer for each service, as the blue/green example of AWS’s [ECS blueprints](https://github.com/aws-ia/ecs-blueprints) has, x86',
    parts: [
      gateways,
      part(2 * SERVICES, 'application balancers', BALANCER_USD),
      part(4 * SERVICES, 'addresses', ADDRESS_USD),
      part(TASKS, 'tasks on x86', taskUsd('X86_64')),
    ],
  },
  {
    name: 'the same with a gateway in each zone of both environments',
    parts: [
      part(4, 'NAT gateways with addresses', GATEWAY_USD),
      part(2 * SERVICES, 'application balancers', BALANCER_USD),
      part(4 * SERVICES, 'addresses', ADDRESS_USD),
      part(TASKS, 'tasks on x86', taskUsd('X86_64')),
    ],
  },
  {
    name: 'EKS: a cluster and one ingress balancer an environment, three t4g.medium nodes',
    parts: [
      part(2, 'control planes', PRICES.eksCluster.usd * HOURS),
      gateways,
      part(2, 'application balancers', BALANCER_USD),
      part(4, 'addresses', ADDRESS_USD),
      part(3, 'nodes with disks', INSTANCE_USD),
    ],
  },
];

/** What other layouts of the same services cost beside this one: what stands, without use. */
export function comparisonTable({ bills }: Report): string {
  const own = total(LAYOUTS[0]!);
  const rows = LAYOUTS.map(layout => {
    const sum = layout.parts.map(({ count, what, each }) => `${count} ${what} × ${money(each)}`).join(' + ');
    return `| ${layout.name} | ${sum} | ${money(total(layout))} | ${(total(layout) / own).toFixed(2)} |`;
  });
  const standing = bills.flatMap(({ uses }) => uses).filter(({ sum }) => sum.includes(`${HOURS} h`));
  const counted = standing.reduce((all, use) => all + usd(use), 0);
  return [
    '| Layout | Sum | USD | Ratio |',
    '|---|---|---:|---:|',
    ...rows,
    '',
    `By the hour, the templates of this repository add up to ${money(counted)}.`,
  ].join('\n');
}

function total({ parts }: Layout): number {
  return parts.reduce((all, { count, each }) => all + count * each, 0);
}

function part(count: number, what: string, each: number): Part {
  return { count, what, each };
}
