import { type Contract, type Environments, loadContracts } from '@slipway/contract';
import { spotsOf } from '../aws/access.ts';
import type { Access, Spot } from '../target.ts';
import type { Finding } from './finding.ts';

/** A quota that a set-up can hit, and what this one needs of it in an account and region. */
interface Need {
  name: string;
  service: string;
  code: string;
  /** What an account has that never asked for more, for accounts that cannot be asked. */
  usual: number;
  needed: number;
}

/**
 * The needs of the places in one account and region. Blue/green runs every task twice for a while.
 * https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html (read 2026-11)
 */
export function needsOf(environments: Environments, services: readonly Contract[], spot: Spot): Need[] {
  const places = environments.environments.filter(
    ({ account, region }) => account === spot.account && region === spot.region,
  );
  const sum = (of: (place: (typeof places)[number]) => number): number =>
    places.reduce((total, place) => total + of(place), 0);
  const cpu = sum(({ environment }) =>
    services.reduce((total, { cpu, tasks }) => total + cpu * 2 * (tasks[environment] ?? 1), 0),
  );
  const balancing = 'elasticloadbalancing';
  return [
    { name: 'VPCs', service: 'vpc', code: 'L-F678F1CE', usual: 5, needed: places.length },
    {
      name: 'Elastic IPs',
      service: 'ec2',
      code: 'L-0263D0A3',
      usual: 5,
      needed: sum(each => each.network.nat),
    },
    { name: 'ALBs', service: balancing, code: 'L-53DA6B97', usual: 50, needed: places.length },
    { name: 'NLBs', service: balancing, code: 'L-69A177A2', usual: 50, needed: places.length },
    {
      ...{ name: 'target groups', service: balancing, code: 'L-B22855CB', usual: 3000 },
      needed: places.length * (2 * services.length + 1),
    },
    {
      name: 'Fargate vCPUs',
      service: 'fargate',
      code: 'L-3032A538',
      usual: 6,
      needed: Math.ceil(cpu / 1024),
    },
  ].filter(({ needed }) => needed > 0);
}

/** Compares what is needed with what each account may have; what is used already is not counted. */
export async function examineQuotas(
  root: string,
  environments: Environments,
  access: Access,
): Promise<Finding[]> {
  const { services } = loadContracts(root);
  const findings: Finding[] = [];
  for (const spot of spotsOf(environments)) {
    const needs = needsOf(environments, services, spot);
    if (needs.length > 0) findings.push(await examineSpot(access, spot, needs));
  }
  return findings;
}

async function examineSpot(access: Access, spot: Spot, needs: Need[]): Promise<Finding> {
  const { GetServiceQuotaCommand, ServiceQuotasClient } = await import('@aws-sdk/client-service-quotas');
  const client = new ServiceQuotasClient(access.at(spot));
  const limits = await Promise.all(
    needs.map(({ service, code }) =>
      client.send(new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code })).then(
        ({ Quota }) => Quota?.Value,
        () => undefined,
      ),
    ),
  );
  const judged = needs.map((need, index) => ({ ...need, limit: limits[index] ?? need.usual }));
  const where = `${spot.account} in ${spot.region}`;
  const short = judged.filter(({ needed, limit }) => needed > limit);
  if (short.length > 0) {
    const list = short.map(
      ({ name, needed, limit, code }) => `${needed} ${name}, allowed ${limit} (${code})`,
    );
    return {
      ...{ what: 'quotas', state: 'missing' },
      text: `${where} needs ${list.join('; ')}: ask for more in the Service Quotas console, or change environments.yaml`,
    };
  }
  const unknown = limits.includes(undefined)
    ? ' (as AWS usually allows: Service Quotas could not be asked)'
    : '';
  const list = judged.map(({ name, needed, limit }) => `${name} ${needed}/${limit}`);
  return {
    ...{ what: 'quotas', state: unknown ? 'note' : 'good' },
    text: `${where}: ${list.join(', ')}${unknown}; beside what the account uses already`,
  };
}
