import type { Properties } from '../../core/resource.ts';

export const BLUE =
  'arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/news-staging-blue/1';
export const GREEN =
  'arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/news-staging-green/2';

export function taskDefinitionProperties(over: Properties = {}): Properties {
  return {
    Family: 'slipway-news-staging',
    NetworkMode: 'awsvpc',
    Cpu: '256',
    Memory: '512',
    TaskRoleArn: 'arn:aws:iam::123456789012:role/slipway-news-staging-task',
    ContainerDefinitions: [
      {
        Name: 'news',
        Image: '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/slipway/news:1',
        Essential: true,
        Environment: [{ Name: 'PORT', Value: '3000' }],
        PortMappings: [{ ContainerPort: 3000, Protocol: 'tcp' }],
        LogConfiguration: {
          LogDriver: 'awslogs',
          Options: { 'awslogs-group': '/slipway/staging/news', 'awslogs-stream-prefix': 'news' },
        },
        StopTimeout: 60,
        ...over,
      },
    ],
  };
}

export function serviceProperties(over: Properties = {}): Properties {
  return {
    Cluster: 'slipway-staging',
    ServiceName: 'news',
    DesiredCount: 2,
    DeploymentController: { Type: 'CODE_DEPLOY' },
    DeploymentConfiguration: { MaximumPercent: 200, MinimumHealthyPercent: 100 },
    HealthCheckGracePeriodSeconds: 60,
    LoadBalancers: [{ ContainerName: 'news', ContainerPort: 3000, TargetGroupArn: BLUE }],
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1'] } },
    TaskDefinition: 'slipway-news-staging',
    ...over,
  };
}
