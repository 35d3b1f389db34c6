import { createHash } from 'node:crypto';
import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  type DeploymentInfo,
  type DeploymentStatus,
  type DeploymentTarget,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { releasedBy, taskDefinitionOfSet } from './live.ts';
import type { Target } from './target.ts';

/** A version of a service in one environment: a task definition revision that was deployed successfully. */
export interface Version {
  taskDefinition: string;
  revision: number;
  deployedAt: number;
  commit?: string;
}

/** One that CodeDeploy deployed. */
export interface CodeDeployVersion extends Version {
  /** The AppSpec that deployed it, as it was given. */
  appSpec: string;
}

const PER_CALL = 25;
const UNFINISHED: DeploymentStatus[] = ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'];

/** The application and the group of a service in an environment, which share a name. */
export function groupOf(where: { product: string; service: string; environment: string }): string {
  return `${where.product}-${where.service}-${where.environment}`;
}

/** Versions that were deployed successfully, the newest revision first, each once. */
export async function versionsOf(target: Target, group: string): Promise<CodeDeployVersion[]> {
  const deployments = await deploymentsOf(target, group, ['Succeeded']);
  const versions = versionsIn(deployments);
  return Promise.all(
    versions.map(async version => {
      const { commit } = await releasedBy(target, version.taskDefinition).catch(() => ({
        commit: undefined,
      }));
      return { ...version, ...(commit && { commit }) };
    }),
  );
}

/** The versions that these deployments brought, the newest revision first, each once. */
export function versionsIn(deployments: DeploymentInfo[]): CodeDeployVersion[] {
  const versions = new Map<string, CodeDeployVersion>();
  for (const { revision, completeTime, createTime } of deployments) {
    const appSpec = revision?.appSpecContent?.content ?? revision?.string?.content;
    const taskDefinition = appSpec && taskDefinitionOf(appSpec);
    if (!appSpec || !taskDefinition) continue;
    const deployedAt = (completeTime ?? createTime)?.getTime() ?? 0;
    const known = versions.get(taskDefinition);
    if (known && known.deployedAt >= deployedAt) continue;
    versions.set(taskDefinition, {
      taskDefinition,
      revision: revisionOf(taskDefinition),
      appSpec,
      deployedAt,
    });
  }
  return [...versions.values()].sort((a, b) => b.revision - a.revision);
}

/** The task definition that an AppSpec names, in YAML or JSON. */
export function taskDefinitionOf(appSpec: string): string | undefined {
  return /["']?TaskDefinition["']?\s*:\s*["']?(arn:[^\s"',}]+)/i.exec(appSpec)?.[1];
}

export function revisionOf(taskDefinition: string): number {
  return Number(taskDefinition.slice(taskDefinition.lastIndexOf(':') + 1));
}

/** Deployments of a group in these states, newest first. None when the group is not there. */
export async function deploymentsOf(
  target: Target,
  group: string,
  states: DeploymentStatus[],
): Promise<DeploymentInfo[]> {
  const client = new CodeDeployClient(target);
  const ids: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListDeploymentsCommand({
        applicationName: group,
        deploymentGroupName: group,
        includeOnlyStatuses: states,
        ...(nextToken && { nextToken }),
      }),
    );
    ids.push(...(page.deployments ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  const found: DeploymentInfo[] = [];
  for (let first = 0; first < ids.length; first += PER_CALL) {
    const deploymentIds = ids.slice(first, first + PER_CALL);
    const answer = await client.send(new BatchGetDeploymentsCommand({ deploymentIds }));
    found.push(...(answer.deploymentsInfo ?? []));
  }
  return found.sort((a, b) => (b.createTime?.getTime() ?? 0) - (a.createTime?.getTime() ?? 0));
}

/** A deployment that still runs: another one of its group is refused until it is over. */
export interface ActiveDeployment {
  id: string;
  status: string;
  /** The task definition that had the traffic before it, while that still runs. */
  blue?: string;
}

/** What still runs in a group. */
export async function activeDeployment(target: Target, group: string): Promise<ActiveDeployment | undefined> {
  const [newest] = await deploymentsOf(target, group, UNFINISHED);
  if (!newest?.deploymentId) return undefined;
  const found = { id: newest.deploymentId, status: newest.status ?? '' };
  if (newest.creator === 'codeDeployRollback') return found;
  const ecs = (await deploymentTarget(target, found.id))?.ecsTarget;
  const side = ecs?.taskSetsInfo?.find(set => set.taskSetLabel === 'Blue')?.identifer;
  const blue = side && ecs.targetArn && (await taskDefinitionOfSet(target, ecs.targetArn, side));
  return { ...found, ...(blue && { blue }) };
}

/** The one target of a deployment to ECS: the service, with its task sets and lifecycle events. */
export async function deploymentTarget(
  target: Target,
  deploymentId: string,
): Promise<DeploymentTarget | undefined> {
  const client = new CodeDeployClient(target);
  const { targetIds } = await client.send(new ListDeploymentTargetsCommand({ deploymentId }));
  if (!targetIds?.length) return undefined;
  const answer = await client.send(new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }));
  return answer.deploymentTargets?.[0];
}

/** How a version is told: its commit and its revision. */
export function nameOf({ commit, taskDefinition }: { commit?: string; taskDefinition: string }): string {
  const revision = taskDefinition.slice(taskDefinition.lastIndexOf('/') + 1);
  return commit ? `${commit.slice(0, 10)} (${revision})` : revision;
}

export async function readDeployment(target: Target, deploymentId: string): Promise<DeploymentInfo> {
  const answer = await new CodeDeployClient(target).send(new GetDeploymentCommand({ deploymentId }));
  return answer.deploymentInfo ?? {};
}

/** Deploys a version again, all at once: it was live before. Returns the deployment's id. */
export async function deployAgain(
  target: Target,
  group: string,
  { version, description }: { version: CodeDeployVersion; description: string },
): Promise<string> {
  const sha256 = createHash('sha256').update(version.appSpec).digest('hex');
  const answer = await new CodeDeployClient(target).send(
    new CreateDeploymentCommand({
      applicationName: group,
      deploymentGroupName: group,
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      description,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content: version.appSpec, sha256 } },
    }),
  );
  return answer.deploymentId ?? '';
}

/** Stops a deployment whose former version still runs: traffic goes back to it at once. */
export async function stopAndReturn(target: Target, deploymentId: string): Promise<void> {
  await new CodeDeployClient(target).send(
    new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }),
  );
}
