import type { CodeDeployDeployment } from '@slipway/contract';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Fn } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { importProductionListener } from '../platform/imports.ts';
import { type ServiceParts, serviceProperties } from './ecs-service.ts';
import type { ServicePlace } from './service-place.ts';

export function addCodeDeployService(
  scope: Construct,
  place: ServicePlace,
  parts: ServiceParts,
): ecs.CfnService {
  return new ecs.CfnService(scope, 'Service', {
    ...serviceProperties(place, parts),
    deploymentController: { type: 'CODE_DEPLOY' },
  });
}

export function addDeploymentGroup(
  scope: Construct,
  { names, service, environment }: ServicePlace,
  of: {
    service: ecs.CfnService;
    blue: elb.CfnTargetGroup;
    green: elb.CfnTargetGroup;
    deployment: CodeDeployDeployment;
    alarms: readonly cloudwatch.CfnAlarm[];
  },
): void {
  const deployed = names.deployed(service.name, environment.name);
  const exports = names.exports(environment.name);
  const application = new codedeploy.CfnApplication(scope, 'Application', {
    ...{ applicationName: deployed.application, computePlatform: 'ECS' },
  });
  new codedeploy.CfnDeploymentGroup(scope, 'DeploymentGroup', {
    applicationName: application.ref,
    deploymentGroupName: deployed.application,
    serviceRoleArn: names.roleArn(deployed.roles.codeDeploy),
    deploymentConfigName: environment.gradual
      ? deploymentConfig(scope, deployed.application, of.deployment)
      : ALL_AT_ONCE,
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    ecsServices: [{ clusterName: Fn.importValue(exports.cluster), serviceName: of.service.attrName }],
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        {
          prodTrafficRoute: { listenerArns: [importProductionListener(names, environment)] },
          testTrafficRoute: { listenerArns: [Fn.importValue(exports.testListener)] },
          targetGroups: [{ name: of.blue.attrTargetGroupName }, { name: of.green.attrTargetGroupName }],
        },
      ],
    },
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT' },
      terminateBlueInstancesOnDeploymentSuccess: {
        action: 'TERMINATE',
        terminationWaitTimeInMinutes: environment.terminationWaitMinutes,
      },
    },
    autoRollbackConfiguration: {
      enabled: true,
      events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
    },
    alarmConfiguration: {
      enabled: of.alarms.length > 0,
      ignorePollAlarmFailure: false,
      alarms: of.alarms.map(alarm => ({ name: alarm.ref })),
    },
  });
}

/**
 * AWS's own configuration where there is one; else one that carries its numbers in its name.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
 */
function deploymentConfig(scope: Construct, application: string, deployment: CodeDeployDeployment): string {
  if (deployment.strategy === 'all-at-once') return ALL_AT_ONCE;
  const { strategy, percentage, intervalMinutes } = deployment;
  const own = AWS_CONFIGS[`${strategy} ${percentage} ${intervalMinutes}`];
  if (own !== undefined) return own;
  // A configuration cannot be changed: other numbers are another configuration.
  const name = `${application}-${strategy}-${percentage}-${intervalMinutes}`;
  const id =
    strategy === 'canary'
      ? `Canary${percentage}Percent${intervalMinutes}Minutes`
      : `Linear${percentage}PercentEvery${intervalMinutes}Minutes`;
  return new codedeploy.CfnDeploymentConfig(scope, id, {
    deploymentConfigName: name,
    computePlatform: 'ECS',
    trafficRoutingConfig:
      strategy === 'canary'
        ? {
            type: 'TimeBasedCanary',
            timeBasedCanary: { canaryPercentage: percentage, canaryInterval: intervalMinutes },
          }
        : {
            type: 'TimeBasedLinear',
            timeBasedLinear: { linearPercentage: percentage, linearInterval: intervalMinutes },
          },
  }).ref;
}

const AWS_CONFIGS: Readonly<Record<string, string>> = {
  'canary 10 5': 'CodeDeployDefault.ECSCanary10Percent5Minutes',
  'canary 10 15': 'CodeDeployDefault.ECSCanary10Percent15Minutes',
  'linear 10 1': 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes',
  'linear 10 3': 'CodeDeployDefault.ECSLinear10PercentEvery3Minutes',
};

const ALL_AT_ONCE = 'CodeDeployDefault.ECSAllAtOnce';
