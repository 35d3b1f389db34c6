import type { Contract, Environment } from '@slipway/contract';
import type { Names } from '../names.ts';

/** One line of a capacity provider strategy, as ECS and CloudFormation take it. */
export interface StrategyItem {
  readonly capacityProvider: string;
  readonly base: number;
  readonly weight: number;
}

type Place = Pick<Environment, 'name' | 'capacity'>;

const ON_DEMAND: StrategyItem[] = [{ capacityProvider: 'FARGATE', base: 0, weight: 1 }];

/** On what a service's tasks run in an environment. */
export function strategyOf(names: Names, { name, capacity }: Place): StrategyItem[] {
  switch (capacity.type) {
    case 'fargate':
      return ON_DEMAND;
    case 'fargate-spot':
      return [
        { capacityProvider: 'FARGATE', base: capacity.onDemand, weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', base: 0, weight: capacity.spot },
      ];
    case 'ec2':
      return [{ capacityProvider: names.instances(name), base: 0, weight: 1 }];
  }
}

/**
 * What a service's template says of its capacity. Where deployments are CodeDeploy's it cannot be changed any more, while
 * each deployment brings a strategy of its own: so it is on demand wherever it is Fargate, and turning Spot on or off
 * waits for the next release instead of being refused.
 */
export function templateStrategy(names: Names, { deployment }: Contract, place: Place): StrategyItem[] {
  const isFrozen = deployment.controller === 'codedeploy' && place.capacity.type !== 'ec2';
  return isFrozen ? ON_DEMAND : strategyOf(names, place);
}

/** What a task definition must fit. Its tasks have network interfaces of their own everywhere. */
export function compatibilityOf({ capacity }: Place): 'FARGATE' | 'EC2' {
  return capacity.type === 'ec2' ? 'EC2' : 'FARGATE';
}

/** Fargate's platform; instances have none, and ECS refuses one for them. */
export function platformVersionOf({ capacity }: Place): string | undefined {
  return capacity.type === 'ec2' ? undefined : 'LATEST';
}
