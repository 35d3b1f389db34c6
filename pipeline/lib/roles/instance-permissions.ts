import type { Names } from '../names.ts';
import type { Permission } from './role.ts';

/**
 * What the ECS agent of an instance needs for its own cluster, and no other: as AmazonEC2ContainerServiceforEC2Role,
 * without making clusters; and without pulling images and writing logs, which tasks do with their own execution role.
 * Then what Session Manager needs, as AmazonSSMManagedInstanceCore, without parameters and documents.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
 */
export function instancePermissions(names: Names, environment: string): Permission[] {
  const name = names.cluster(environment);
  const cluster = names.arn('ecs', `cluster/${name}`);
  const instance = names.arn('ecs', `container-instance/${name}/*`);
  return [
    {
      actions: [
        ...['ecs:RegisterContainerInstance', 'ecs:DeregisterContainerInstance'],
        ...['ecs:SubmitTaskStateChange', 'ecs:SubmitContainerStateChange'],
        'ecs:SubmitAttachmentStateChanges',
      ],
      resources: [cluster],
    },
    {
      actions: ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'],
      resources: [instance],
      conditions: { ArnEquals: { 'ecs:cluster': cluster } },
    },
    {
      actions: ['ecs:TagResource'],
      resources: [instance, cluster],
      conditions: { StringEquals: { 'ecs:CreateAction': ['RegisterContainerInstance'] } },
    },
    {
      actions: [
        'ecs:DiscoverPollEndpoint',
        'ssm:UpdateInstanceInformation',
        ...['ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel'],
        ...['ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel'],
      ],
      resources: ['*'],
      because: 'these calls know no resources, or an instance that is not known beforehand',
    },
  ];
}
