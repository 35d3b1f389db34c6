import { CloudFormationClient, ListExportsCommand } from '@aws-sdk/client-cloudformation';
import {
  type CapacityProviderStrategyItem,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  type NetworkConfiguration,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { UserError } from './errors.ts';
import type { Target } from './target.ts';

/** Where a service runs, as ECS names it. */
export interface ServiceKey {
  cluster: string;
  service: string;
}

/** One task, once, of what a service runs. */
export interface OneOff {
  key: ServiceKey;
  taskDefinition: string;
  command?: string[];
  variables?: Record<string, string>;
  network: NetworkConfiguration;
}

/** The network of a service's tasks: the same subnets and security groups, so it reaches what they reach. */
export async function networkOf(
  target: Target,
  { cluster, service: name }: ServiceKey,
): Promise<NetworkConfiguration> {
  const answer = await new ECSClient(target).send(new DescribeServicesCommand({ cluster, services: [name] }));
  const [service] = answer.services ?? [];
  const primary = service?.taskSets?.find(set => set.status === 'PRIMARY');
  const network = primary?.networkConfiguration ?? service?.networkConfiguration;
  if (!network) throw new UserError(`The service ${name} of ${cluster} tells no network to run a task in.`);
  return network;
}

/** A public subnet and an address of its own, behind the security group that opens port 80 to those who may. */
export async function publicNetwork(target: Target, place: string): Promise<NetworkConfiguration> {
  const exported = await exportsOf(target);
  const subnets = [...exported].filter(([name]) => name.startsWith(`${place}-public-subnet-`));
  const securityGroup = exported.get(`${place}-public-task-security-group`);
  if (subnets.length === 0 || !securityGroup)
    throw new UserError(
      `Nobody may reach a public task of ${place}: say who with network.publicTasksFrom in pipeline/environments.yaml, and push.`,
    );
  return {
    awsvpcConfiguration: {
      subnets: subnets.map(([, value]) => value),
      securityGroups: [securityGroup],
      assignPublicIp: 'ENABLED',
    },
  };
}

async function exportsOf(target: Target): Promise<Map<string, string>> {
  const client = new CloudFormationClient(target);
  const found = new Map<string, string>();
  let NextToken: string | undefined;
  do {
    const answer = await client.send(new ListExportsCommand({ NextToken }));
    for (const { Name = '', Value = '' } of answer.Exports ?? []) found.set(Name, Value);
    NextToken = answer.NextToken;
  } while (NextToken);
  return found;
}

/** On-demand Fargate, whatever the service's tasks run on: a task that somebody waits for is not taken away. */
const CAPACITY: CapacityProviderStrategyItem[] = [{ capacityProvider: 'FARGATE', weight: 1 }];

/** Starts it. Throws a UserError when there is no room for it. @returns the task's ARN */
export async function startOneOff(target: Target, oneOff: OneOff): Promise<string> {
  const { key, taskDefinition, command, variables = {}, network } = oneOff;
  const environment = Object.entries(variables).map(([name, value]) => ({ name, value }));
  const answer = await new ECSClient(target).send(
    new RunTaskCommand({
      cluster: key.cluster,
      taskDefinition,
      capacityProviderStrategy: CAPACITY,
      networkConfiguration: network,
      startedBy: 'slipway-run',
      enableECSManagedTags: true,
      propagateTags: 'TASK_DEFINITION',
      overrides: { containerOverrides: [{ name: key.service, environment, ...(command && { command }) }] },
    }),
  );
  const arn = answer.tasks?.[0]?.taskArn;
  if (arn) return arn;
  const [failure] = answer.failures ?? [];
  const why = failure?.detail ?? failure?.reason ?? 'ECS does not say why';
  throw new UserError(`The task of ${key.service} cannot be started: ${why}`);
}

/** The task as it is now; undefined when ECS has forgotten it, an hour after its end. */
export async function taskNow(target: Target, cluster: string, arn: string): Promise<Task | undefined> {
  const answer = await new ECSClient(target).send(new DescribeTasksCommand({ cluster, tasks: [arn] }));
  return answer.tasks?.[0];
}

export async function stopOneOff(target: Target, cluster: string, task: string): Promise<void> {
  const reason = 'Stopped by whoever ran it';
  await new ECSClient(target).send(new StopTaskCommand({ cluster, task, reason }));
}
