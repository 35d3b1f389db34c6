import { CodePipelineClient, GetPipelineCommand } from '@aws-sdk/client-codepipeline';
import { type AttributeValue, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ECRClient, ListImagesCommand } from '@aws-sdk/client-ecr';
import { ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import type { RecordedEvent } from '@slipway/engine';
import { SERVICES, type Where } from './services.ts';
import type { World } from './world.ts';

/** What the AWS APIs of a world tell, asked as anybody could. */
export function evidenceOf({ cli }: Pick<World, 'cli'>) {
  const target = {
    endpoint: `http://127.0.0.1:${cli.env.SLIPWAY_PORT}`,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'AKIASLIPWAYOPERATOR0', secretAccessKey: 'local' },
  };
  const tasks = async (service: string, where: Where): Promise<string[]> => {
    const asked = new ListTasksCommand({ cluster: `slipway-${where}`, serviceName: service });
    const { taskArns } = await new ECSClient(target).send(asked);
    return (taskArns ?? []).sort();
  };
  return {
    tasks,
    /** The tasks that run of services, by service and environment. */
    allTasks: async (...services: string[]): Promise<Record<string, string[]>> => {
      const names = SERVICES.map(each => each.name).filter(name => services.includes(name));
      const places = names.flatMap(name =>
        (['staging', 'production'] as const).map(where => [name, where] as const),
      );
      const found = places.map(
        async ([name, where]) => [`${name} ${where}`, await tasks(name, where)] as const,
      );
      return Object.fromEntries(await Promise.all(found));
    },
    /** The digests of the images that have a tag, each once. */
    images: async (service: string): Promise<string[]> => {
      const asked = new ListImagesCommand({
        repositoryName: `slipway/${service}`,
        filter: { tagStatus: 'TAGGED' },
        maxResults: 1000,
      });
      const { imageIds } = await new ECRClient(target).send(asked);
      return [...new Set((imageIds ?? []).map(each => each.imageDigest!))].sort();
    },
    /** The structure of a pipeline with its version. */
    pipeline: async (name: string): Promise<{ version: number; stages: string[] }> => {
      const { pipeline } = await new CodePipelineClient(target).send(new GetPipelineCommand({ name }));
      const stages = (pipeline?.stages ?? []).map(stage => stage.name ?? '');
      return { version: pipeline?.version ?? 0, stages };
    },
    /** Puts an item into a table. */
    putItem: async (table: string, item: Record<string, AttributeValue>): Promise<void> => {
      await new DynamoDBClient(target).send(new PutItemCommand({ TableName: table, Item: item }));
    },
    /** How many items a table holds. Throws when it is not there. */
    items: async (table: string): Promise<number> => {
      const { Count } = await new DynamoDBClient(target).send(new ScanCommand({ TableName: table }));
      return Count ?? 0;
    },
  };
}

/** An execution of a pipeline that began. */
export interface Begun {
  pipeline: string;
  execution: string;
  seq: number;
}

export function executionsIn(events: RecordedEvent[]): Begun[] {
  return detailsOf(events, 'CodePipeline Pipeline Execution State Change').flatMap(({ detail, seq }) =>
    detail.state === 'STARTED'
      ? [{ pipeline: String(detail.pipeline), execution: String(detail['execution-id']), seq }]
      : [],
  );
}

/** The projects of builds that began. */
export function buildsIn(events: RecordedEvent[]): string[] {
  const begun = new Map<string, string>();
  for (const { detail } of detailsOf(events, 'CodeBuild Build State Change'))
    begun.set(String(detail['build-id']), String(detail['project-name']));
  return [...begun.values()];
}

/** The stacks of which something was made, changed or deleted: `slipway-news-staging UPDATE_COMPLETE`. */
export function stackChangesIn(events: RecordedEvent[]): { stack: string; status: string; seq: number }[] {
  return detailsOf(events, 'CloudFormation Stack Status Change').map(({ detail, seq }) => ({
    stack: String(detail['stack-id']).split('/')[1] ?? '',
    status: String((detail['status-details'] as { status: string }).status),
    seq,
  }));
}

/** The groups that deployments began in. */
export function deploymentsIn(events: RecordedEvent[]): string[] {
  return detailsOf(events, 'CodeDeploy Deployment State-change Notification').flatMap(({ detail }) =>
    detail.state === 'START' ? [String(detail.deploymentGroup)] : [],
  );
}

/** The groups in which a deployment failed. */
export function failedDeploymentsIn(events: RecordedEvent[]): string[] {
  return detailsOf(events, 'CodeDeploy Deployment State-change Notification').flatMap(({ detail }) =>
    detail.state === 'FAILURE' ? [String(detail.deploymentGroup)] : [],
  );
}

/** When an execution ran, in the order of events. */
export function spanOf(events: RecordedEvent[], pipeline: string): { from: number; to: number } | undefined {
  const own = detailsOf(events, 'CodePipeline Stage Execution State Change')
    .filter(({ detail }) => detail.pipeline === pipeline)
    .map(each => each.seq);
  return own.length > 0 ? { from: Math.min(...own), to: Math.max(...own) } : undefined;
}

function detailsOf(events: RecordedEvent[], type: string): RecordedEvent[] {
  return events.filter(event => event['detail-type'] === type);
}
