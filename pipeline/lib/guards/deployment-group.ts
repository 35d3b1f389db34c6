import type { Guard } from './finding.ts';
import { type Found, find, follow, type Properties, type Synthesized } from './synthesized.ts';

/** Two days: https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html */
const TERMINATION_WAIT_MINUTES = 2880;

/**
 * What AlarmConfiguration takes. The page of quotas tells of fifty since 2024; whichever holds, ten are taken.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AlarmConfiguration.html
 */
const ALARMS = 10;

export const deploymentGroupGuards: readonly Guard[] = [
  {
    id: 'ready-option',
    check: synthesized =>
      groups(synthesized)
        .filter(({ properties }) => {
          const { ActionOnTimeout, WaitTimeInMinutes } = blueGreen(properties).DeploymentReadyOption ?? {};
          return ActionOnTimeout === 'STOP_DEPLOYMENT' && !(WaitTimeInMinutes > 0);
        })
        .map(found => ({
          ...found,
          message:
            'stops every deployment before its traffic shifts (STOP_DEPLOYMENT without a wait; an approval wait of 0 minutes renders it): set ActionOnTimeout to CONTINUE_DEPLOYMENT, or WaitTimeInMinutes if somebody is to continue by hand',
        })),
  },
  {
    id: 'termination-wait',
    check: synthesized =>
      groups(synthesized)
        .filter(({ properties }) => terminationWait(properties) > TERMINATION_WAIT_MINUTES)
        .map(found => ({
          ...found,
          message: `keeps the old version for ${terminationWait(found.properties)} minutes, and CodeDeploy allows ${TERMINATION_WAIT_MINUTES} (two days): set terminationWait in pipeline/environments.yaml to less`,
        })),
  },
  {
    id: 'group-alarms',
    check: synthesized =>
      groups(synthesized)
        .filter(({ properties }) => alarms(properties).length > ALARMS)
        .map(found => ({
          ...found,
          message: `watches ${alarms(found.properties).length} alarms, and CodeDeploy takes ${ALARMS}: combine some into a composite alarm`,
        })),
  },
  {
    id: 'alarms-without-rollback',
    check: synthesized =>
      groups(synthesized)
        .filter(({ properties }) => {
          const { Enabled, Events = [] } = properties.AutoRollbackConfiguration ?? {};
          const watched = alarms(properties).length > 0 && properties.AlarmConfiguration.Enabled !== false;
          return watched && !(Enabled !== false && Events.includes('DEPLOYMENT_STOP_ON_ALARM'));
        })
        .map(found => ({
          ...found,
          message:
            'stops on an alarm and leaves traffic where it is: add DEPLOYMENT_STOP_ON_ALARM to the events of AutoRollbackConfiguration',
        })),
  },
  {
    id: 'network-balancer-shift',
    check: synthesized =>
      groups(synthesized)
        .filter(found => isGradual(synthesized, found) && isBehindNetworkBalancer(synthesized, found))
        .map(found => ({
          ...found,
          message:
            'shifts traffic step by step behind a network load balancer, which can only shift all at once: set deployment.strategy to all-at-once, or put the service behind an application load balancer',
        })),
  },
];

/** Deployment groups of ECS services. */
function groups(synthesized: Synthesized): Found[] {
  return find(synthesized, 'AWS::CodeDeploy::DeploymentGroup').filter(
    ({ properties }) => properties.ECSServices !== undefined,
  );
}

function blueGreen({ BlueGreenDeploymentConfiguration }: Properties): Properties {
  return BlueGreenDeploymentConfiguration ?? {};
}

function terminationWait(properties: Properties): number {
  const { TerminationWaitTimeInMinutes } =
    blueGreen(properties).TerminateBlueInstancesOnDeploymentSuccess ?? {};
  return Number(TerminationWaitTimeInMinutes ?? 0);
}

function alarms({ AlarmConfiguration }: Properties): unknown[] {
  return Array.isArray(AlarmConfiguration?.Alarms) ? AlarmConfiguration.Alarms : [];
}

function isGradual(synthesized: Synthesized, { stack, properties }: Found): boolean {
  const name: unknown = properties.DeploymentConfigName;
  if (typeof name === 'string') return /^CodeDeployDefault\.ECS(Canary|Linear)/.test(name);
  const routing = follow(synthesized, stack, name).found?.properties.TrafficRoutingConfig;
  return ['TimeBasedCanary', 'TimeBasedLinear'].includes(routing?.Type);
}

function isBehindNetworkBalancer(synthesized: Synthesized, { stack, properties }: Found): boolean {
  const pairs: Properties[] = properties.LoadBalancerInfo?.TargetGroupPairInfoList ?? [];
  const names = pairs.flatMap(({ TargetGroups }) => (TargetGroups ?? []) as { Name?: unknown }[]);
  return names
    .map(({ Name }) => follow(synthesized, stack, Name).found?.properties.Protocol)
    .some(protocol => ['TCP', 'UDP', 'TLS', 'TCP_UDP', 'QUIC', 'TCP_QUIC'].includes(protocol));
}
