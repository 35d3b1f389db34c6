import type { EcsDeployment } from '@slipway/contract';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { type ServiceParts, serviceProperties } from './ecs-service.ts';
import { serviceConnect } from './service-connect.ts';
import type { ServicePlace } from './service-place.ts';

export interface EcsControlled extends ServiceParts {
  readonly deployment: EcsDeployment;
  readonly green: elb.CfnTargetGroup;
  readonly productionRule: elb.CfnListenerRule;
  readonly testRule: elb.CfnListenerRule;
  /** Names of the alarms that take a deployment back. */
  readonly alarms: readonly string[];
}

/**
 * A service whose deployments ECS carries out itself: rolling, or between blue and green. The names of both colours and
 * of the rules are those of a CodeDeploy-controlled service, so that a service can move from one to the other.
 */
export function addEcsService(scope: Construct, place: ServicePlace, parts: EcsControlled): ecs.CfnService {
  const properties = serviceProperties(place, parts);
  const { deployment, alarms } = parts;
  const strategy = strategyIn(deployment, place.environment);
  const isRolling = strategy.strategy === 'ROLLING';
  return new ecs.CfnService(scope, 'Service', {
    ...properties,
    deploymentController: { type: 'ECS' },
    deploymentConfiguration: {
      ...properties.deploymentConfiguration,
      ...strategy,
      bakeTimeInMinutes: bakeMinutes(deployment, place.environment),
      ...(alarms.length > 0 && { alarms: { alarmNames: [...alarms], enable: true, rollback: true } }),
      ...(!isRolling && { lifecycleHooks: [checkHook(place)] }),
    },
    loadBalancers: properties.loadBalancers.map(loadBalancer => ({
      ...loadBalancer,
      ...(!isRolling && { advancedConfiguration: colours(place, parts) }),
    })),
    serviceConnectConfiguration: serviceConnect(place),
  });
}

/**
 * ECS's words for a strategy. Where nobody is to be spared (`gradual: false`) all traffic shifts at once.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-service-deploymentconfiguration.html
 */
function strategyIn(deployment: EcsDeployment, { gradual }: ServicePlace['environment']) {
  switch (deployment.strategy) {
    case 'rolling':
      // The circuit breaker is for rolling updates only; the other strategies go back by themselves.
      return { strategy: 'ROLLING', deploymentCircuitBreaker: { enable: true, rollback: true } };
    case 'all-at-once':
      return { strategy: 'BLUE_GREEN' };
    case 'canary': {
      const { percentage, intervalMinutes } = deployment;
      const canaryConfiguration = { canaryPercent: percentage, canaryBakeTimeInMinutes: intervalMinutes };
      return gradual ? { strategy: 'CANARY', canaryConfiguration } : { strategy: 'BLUE_GREEN' };
    }
    case 'linear': {
      const { percentage, intervalMinutes } = deployment;
      const linearConfiguration = { stepPercent: percentage, stepBakeTimeInMinutes: intervalMinutes };
      return gradual ? { strategy: 'LINEAR', linearConfiguration } : { strategy: 'BLUE_GREEN' };
    }
  }
}

/**
 * How long both versions run after the shift. Always said: without it AWS takes 36 hours, for rolling updates three.
 * The environment's own time is that of CodeDeploy's services, too.
 */
function bakeMinutes({ bakeMinutes: bake }: EcsDeployment, environment: ServicePlace['environment']): number {
  const { gradual, terminationWaitMinutes } = environment;
  return gradual ? (bake ?? terminationWaitMinutes) : terminationWaitMinutes;
}

/** The environment's check asks the new version behind the test listener, before any user meets it. */
function checkHook({
  names,
  service,
  environment,
}: ServicePlace): ecs.CfnService.DeploymentLifecycleHookProperty {
  return {
    hookTargetArn: names.arn('lambda', `function:${names.check(environment.name).name}`),
    roleArn: names.roleArn(names.deployed(service.name, environment.name).roles.infrastructure),
    lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
  };
}

function colours(
  { names, service, environment }: ServicePlace,
  { green, productionRule, testRule }: EcsControlled,
): ecs.CfnService.AdvancedConfigurationProperty {
  return {
    alternateTargetGroupArn: green.ref,
    productionListenerRule: productionRule.ref,
    testListenerRule: testRule.ref,
    roleArn: names.roleArn(names.deployed(service.name, environment.name).roles.infrastructure),
  };
}
