import type { Properties, ResourceRequest } from '../../core/resource.ts';
import type { CodeDeploy } from './index.ts';

export const PRODUCTION = 'arn:listener/production';
export const TEST = 'arn:listener/test';
export const BLUE = targetGroup('blue');
export const GREEN = targetGroup('green');

export function targetGroup(name: string): string {
  return `arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/news-${name}/1`;
}

export function appSpecOf(taskDefinition: string): string {
  return `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: ${taskDefinition}
        LoadBalancerInfo:
          ContainerName: news
          ContainerPort: 3000
        PlatformVersion: LATEST
`;
}

/** Makes the application and the group `slipway-news-staging` as the service stack does. */
export async function createGroup(
  world: { deploy: Pick<CodeDeploy, 'resources'> },
  changes: Properties = {},
): Promise<void> {
  const { resources } = world.deploy;
  const name = 'slipway-news-staging';
  await resources['AWS::CodeDeploy::Application']!.create(
    request('Application', { ApplicationName: name, ComputePlatform: 'ECS' }),
  );
  await resources['AWS::CodeDeploy::DeploymentGroup']!.create(
    request('DeploymentGroup', { ...groupProperties(name), ...changes }),
  );
}

export function groupProperties(name: string): Properties {
  return {
    ApplicationName: name,
    DeploymentGroupName: name,
    ServiceRoleArn: 'arn:aws:iam::123456789012:role/slipway-news-staging-codedeploy',
    DeploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
    DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
    ECSServices: [{ ClusterName: 'slipway-staging', ServiceName: 'news' }],
    LoadBalancerInfo: {
      TargetGroupPairInfoList: [
        {
          ProdTrafficRoute: { ListenerArns: [PRODUCTION] },
          TestTrafficRoute: { ListenerArns: [TEST] },
          TargetGroups: [{ Name: 'news-blue' }, { Name: 'news-green' }],
        },
      ],
    },
    BlueGreenDeploymentConfiguration: {
      DeploymentReadyOption: { ActionOnTimeout: 'CONTINUE_DEPLOYMENT' },
      TerminateBlueInstancesOnDeploymentSuccess: { Action: 'TERMINATE', TerminationWaitTimeInMinutes: 5 },
    },
    AutoRollbackConfiguration: {
      Enabled: true,
      Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
    },
  };
}

export function request(logicalId: string, properties: Properties, token = logicalId): ResourceRequest {
  return {
    stack: {
      name: 'slipway-news-staging',
      id: 'arn:aws:cloudformation:ap-northeast-1:123456789012:stack/slipway-news-staging/1',
      region: 'ap-northeast-1',
      account: '123456789012',
      tags: {},
    },
    logicalId,
    type: `AWS::CodeDeploy::${logicalId}`,
    properties,
    token,
  };
}
