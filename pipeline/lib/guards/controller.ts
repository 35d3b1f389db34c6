import type { Guard } from './finding.ts';
import { type Found, find, type Synthesized } from './synthesized.ts';

const OR_ECS = 'or let ECS deploy it with deployment.controller: ecs';

/** What a service that CodeDeploy controls cannot have, though templates with it are made without a word. */
export const controllerGuards: readonly Guard[] = [
  {
    id: 'codedeploy-service-connect',
    check: synthesized =>
      controlled(synthesized)
        .filter(({ properties }) => isOn(properties.ServiceConnectConfiguration, 'Enabled'))
        .map(found => ({
          ...found,
          message: `uses Service Connect, which ECS refuses for a service that CodeDeploy deploys: remove it, since others reach the service through the balancer, ${OR_ECS}`,
        })),
  },
  {
    id: 'codedeploy-circuit-breaker',
    check: synthesized =>
      controlled(synthesized)
        .filter(({ properties }) =>
          isOn(properties.DeploymentConfiguration?.DeploymentCircuitBreaker, 'Enable'),
        )
        .map(found => ({
          ...found,
          message: `has a deployment circuit breaker, which only counts in rolling deployments of ECS: remove it, since CodeDeploy goes back by itself, ${OR_ECS}`,
        })),
  },
  {
    id: 'codedeploy-native-strategy',
    check: synthesized =>
      controlled(synthesized)
        .filter(({ properties }) => native(properties).length > 0)
        .map(found => ({
          ...found,
          message: `has ${native(found.properties).join(' and ')} of ECS's own deployments, which a service that CodeDeploy deploys cannot have: remove it and choose deployment.strategy, ${OR_ECS}`,
        })),
  },
  {
    id: 'native-bake-time',
    check: synthesized =>
      find(synthesized, 'AWS::ECS::Service')
        .filter(({ properties }) => {
          const { Strategy, BakeTimeInMinutes } = properties.DeploymentConfiguration ?? {};
          return isShifted(Strategy) && BakeTimeInMinutes === undefined;
        })
        .map(found => ({
          ...found,
          message: `deploys ${found.properties.DeploymentConfiguration.Strategy} without BakeTimeInMinutes, and ECS would keep the old version for its default of 36 hours: say how many minutes it stays`,
        })),
  },
];

function controlled(synthesized: Synthesized): Found[] {
  return find(synthesized, 'AWS::ECS::Service').filter(
    ({ properties }) => properties.DeploymentController?.Type === 'CODE_DEPLOY',
  );
}

/** A block that is there counts, unless it says in so many words that it is off. */
function isOn(block: Record<string, unknown> | undefined, key: string): boolean {
  return block !== undefined && block[key] !== false && block[key] !== 'false';
}

function isShifted(strategy: unknown): boolean {
  return ['BLUE_GREEN', 'CANARY', 'LINEAR'].includes(String(strategy));
}

function native({ DeploymentConfiguration, LoadBalancers }: Found['properties']): string[] {
  const configuration = DeploymentConfiguration ?? {};
  const keys = ['BakeTimeInMinutes', 'CanaryConfiguration', 'LinearConfiguration', 'LifecycleHooks'];
  const balancers: { AdvancedConfiguration?: unknown }[] = Array.isArray(LoadBalancers) ? LoadBalancers : [];
  return [
    ...(isShifted(configuration.Strategy) ? [`the strategy ${configuration.Strategy}`] : []),
    ...keys.filter(key => configuration[key] !== undefined),
    ...(isOn(configuration.Alarms, 'Enable') ? ['deployment alarms'] : []),
    ...(balancers.some(each => each.AdvancedConfiguration !== undefined) ? ['AdvancedConfiguration'] : []),
  ];
}
