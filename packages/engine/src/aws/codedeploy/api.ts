import { createHash } from 'node:crypto';
import type { Api } from '../../core/api.ts';
import { AwsError } from '../../core/errors.ts';
import { builtInConfigs } from './config.ts';
import { createDeployment } from './create-deployment.ts';
import { continueDeployment, stopDeployment } from './operate.ts';
import { putVerdict } from './put-verdict.ts';
import type { Scene } from './scene.ts';
import { applicationNamed, configNamed, deploymentOf, groupNamed } from './tables.ts';
import { applicationInfo, configInfo, deploymentInfo, groupInfo, targetIdOf, targetInfo } from './views.ts';

const PAGE = 100;
const MOST_IN_BATCH = 25;

/**
 * CodeDeploy's API (target prefix `CodeDeploy_20141006`).
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/Welcome.html
 */
export function deployApi(scene: Scene): Api {
  const { tables } = scene;
  return {
    service: 'codedeploy',
    protocol: 'json-1.1',
    operations: {
      ListApplications: ({ nextToken }) => page('applications', tables.applications.keys(), nextToken),
      GetApplication: ({ applicationName }) => ({
        application: applicationInfo(applicationNamed(tables, applicationName)),
      }),

      ListDeploymentGroups: ({ applicationName, nextToken }) => {
        const { name } = applicationNamed(tables, applicationName);
        const names = tables.groups.values(`${name}/`).map(group => group.name);
        return { applicationName: name, ...page('deploymentGroups', names, nextToken) };
      },
      GetDeploymentGroup: ({ applicationName, deploymentGroupName }) => ({
        deploymentGroupInfo: groupInfo(scene, groupNamed(tables, applicationName, deploymentGroupName)),
      }),

      ListDeploymentConfigs: ({ nextToken }) =>
        page('deploymentConfigsList', [...Object.keys(builtInConfigs), ...tables.configs.keys()], nextToken),
      GetDeploymentConfig: ({ deploymentConfigName }) => ({
        deploymentConfigInfo: configInfo(configNamed(tables, String(deploymentConfigName))),
      }),

      CreateDeployment: input => ({ deploymentId: create(scene, input) }),
      StopDeployment: input => stopDeployment(scene, input),
      ContinueDeployment: input => continueDeployment(scene, input),
      PutLifecycleEventHookExecutionStatus: input => putVerdict(scene, input),
      GetDeployment: ({ deploymentId }) => ({
        deploymentInfo: deploymentInfo(scene, deploymentOf(tables, deploymentId)),
      }),
      BatchGetDeployments: ({ deploymentIds }) => {
        checkBatch(deploymentIds, 'DeploymentIdRequiredException');
        const found = deploymentIds.flatMap((id: string) => tables.deployments.get(id) ?? []);
        return { deploymentsInfo: found.map((each: never) => deploymentInfo(scene, each)) };
      },
      ListDeployments: input => listDeployments(scene, input),

      ListDeploymentTargets: ({ deploymentId }) => ({
        targetIds: [targetIdOf(deploymentOf(tables, deploymentId))],
      }),
      GetDeploymentTarget: ({ deploymentId, targetId }) => ({
        deploymentTarget: target(scene, deploymentId, targetId),
      }),
      BatchGetDeploymentTargets: ({ deploymentId, targetIds }) => {
        checkBatch(targetIds, 'DeploymentTargetIdRequiredException');
        return { deploymentTargets: targetIds.map((id: unknown) => target(scene, deploymentId, id)) };
      },
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the request as AWS names its members; each is checked here
function create(scene: Scene, input: any): string {
  const { revision, autoRollbackConfiguration: rollback, deploymentGroupName, applicationName } = input;
  if (!deploymentGroupName)
    throw new AwsError('DeploymentGroupNameRequiredException', 'deploymentGroupName is required');
  if (!revision) throw new AwsError('RevisionRequiredException', 'A revision is required');
  const content = (revision.appSpecContent ?? revision.string)?.content;
  if (revision.revisionType !== 'AppSpecContent' || typeof content !== 'string')
    throw new AwsError(
      'InvalidRevisionException',
      `The revision type ${revision.revisionType} is not carried out locally; give the AppSpec as AppSpecContent`,
    );
  const { sha256 } = revision.appSpecContent ?? {};
  if (sha256 !== undefined && sha256 !== createHash('sha256').update(content).digest('hex'))
    throw new AwsError('InvalidRevisionException', 'The sha256 of the AppSpec is not that of its content');
  return createDeployment(scene, {
    application: applicationName,
    deploymentGroup: deploymentGroupName,
    appSpec: content,
    description: input.description,
    creator: 'user',
    configName: input.deploymentConfigName,
    rollbackOn: rollback && (rollback.enabled ? (rollback.events ?? []) : []),
  });
}

// biome-ignore lint/suspicious/noExplicitAny: the request as AWS names its members; each is checked here
function listDeployments({ tables }: Scene, input: any) {
  if (input.applicationName !== undefined) applicationNamed(tables, input.applicationName);
  if (input.deploymentGroupName !== undefined)
    groupNamed(tables, input.applicationName, input.deploymentGroupName);
  const start = Number(input.createTimeRange?.start ?? 0) * 1000;
  const end = input.createTimeRange?.end === undefined ? Infinity : Number(input.createTimeRange.end) * 1000;
  const statuses: string[] = input.includeOnlyStatuses ?? [];
  const ids = tables.deployments
    .values()
    .filter(
      each =>
        (input.applicationName === undefined || each.application === input.applicationName) &&
        (input.deploymentGroupName === undefined || each.group === input.deploymentGroupName) &&
        (statuses.length === 0 || statuses.includes(each.status)) &&
        each.created >= start &&
        each.created <= end,
    )
    .sort((a, b) => b.created - a.created)
    .map(each => each.id);
  return page('deployments', ids, input.nextToken);
}

function target(scene: Scene, deploymentId: unknown, targetId: unknown) {
  const deployment = deploymentOf(scene.tables, deploymentId);
  if (targetId !== targetIdOf(deployment))
    throw new AwsError(
      'DeploymentTargetDoesNotExistException',
      `The deployment ${deployment.id} has no target ${String(targetId)}`,
    );
  return targetInfo(scene, deployment);
}

function checkBatch(ids: unknown, code: string): void {
  if (!Array.isArray(ids) || ids.length === 0) throw new AwsError(code, 'At least one id is required');
  if (ids.length > MOST_IN_BATCH)
    throw new AwsError('BatchLimitExceededException', `At most ${MOST_IN_BATCH} ids are taken at once`);
}

/** A page of names under `key`; the token is the offset of the next one. */
function page(key: string, items: string[], token: unknown): Record<string, unknown> {
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isSafeInteger(from) || from < 0)
    throw new AwsError('InvalidNextTokenException', 'The next token is not valid');
  const next = from + PAGE;
  return { [key]: items.slice(from, next), ...(next < items.length && { nextToken: String(next) }) };
}
