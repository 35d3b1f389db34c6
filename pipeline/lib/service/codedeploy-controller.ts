import type { Deployment } from '@slipway/contract';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Fn } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { importPrivateSubnets } from '../platform/imports.ts';
import { CAPACITY, PLATFORM_VERSION } from './release-files.ts';
import type { ServicePlace } from './service-place.ts';

export function addCodeDeployService(
  scope: Construct,
  { names, service, environment }: ServicePlace,
  { securityGroup, blue }: { securityGroup: string; blue: elb.CfnTargetGroup },
): ecs.CfnService {
  return new ecs.CfnService(scope, 'Service', {
    cluster: Fn.importValue(names.exports(environment.name).cluster),
    serviceName: service.name,
    deploymentController: { type: 'CODE_DEPLOY' },
    taskDefinition: names.deployed(service.name, environment.name).family,
    desiredCount: service.tasks[environment.environment]!,
    capacityProviderStrategy: CAPACITY,
    platformVersion: PLATFORM_VERSION,
    deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
    healthCheckGracePeriodSeconds: service.health.grace,
    networkConfiguration: {
      awsvpcConfiguration: {
        assignPublicIp: 'DISABLED',
        subnets: importPrivateSubnets(names, environment),
        securityGroups: [securityGroup],
      },
    },
    loadBalancers: [{ containerName: service.name, containerPort: service.port, targetGroupArn: blue.ref }],
    enableEcsManagedTags: true,
    propagateTags: 'SERVICE',
  });
}

export function addDeploymentGroup(
  scope: Construct,
  { names, service, environment }: ServicePlace,
  of: { service: ecs.CfnService; blue: elb.CfnTargetGroup; green: elb.CfnTargetGroup },
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
      ? deploymentConfig(scope, deployed.application, service.deployment)
      : ALL_AT_ONCE,
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    ecsServices: [{ clusterName: Fn.importValue(exports.cluster), serviceName: of.service.attrName }],
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        {
          prodTrafficRoute: { listenerArns: [Fn.importValue(exports.productionListener)] },
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
      events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST'],
    },
  });
}

/** AWS's own configuration where there is one; else one that carries its numbers in its name. */
function deploymentConfig(scope: Construct, application: string, deployment: Deployment): string {
  if (deployment.strategy === 'all-at-once') return ALL_AT_ONCE;
  const { percentage, intervalMinutes } = deployment;
  if (percentage === 10 && [5, 15].includes(intervalMinutes)) {
    return `CodeDeployDefault.ECSCanary10Percent${intervalMinutes}Minutes`;
  }
  // A configuration cannot be changed: other numbers are another configuration.
  const name = `${application}-canary-${percentage}-${intervalMinutes}`;
  return new codedeploy.CfnDeploymentConfig(scope, `Canary${percentage}Percent${intervalMinutes}Minutes`, {
    deploymentConfigName: name,
    computePlatform: 'ECS',
    trafficRoutingConfig: {
      type: 'TimeBasedCanary',
      timeBasedCanary: { canaryPercentage: percentage, canaryInterval: intervalMinutes },
    },
  }).ref;
}

const ALL_AT_ONCE = 'CodeDeployDefault.ECSAllAtOnce';
