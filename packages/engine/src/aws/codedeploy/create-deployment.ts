import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import { readAppSpec } from './app-spec.ts';
import { type Creator, type Deployment, lifecycleOf } from './deployment.ts';
import { planOf } from './group.ts';
import { tell } from './record.ts';
import type { Scene } from './scene.ts';
import { configNamed, groupNamed } from './tables.ts';

export interface CreateRequest {
  /** The same token creates one deployment. */
  token?: string | undefined;
  application: string;
  deploymentGroup: string;
  appSpec: string;
  description?: string | undefined;
  creator: Creator;
  configName?: string | undefined;
  /** In place of the group's: which events roll back. */
  rollbackOn?: string[] | undefined;
}

/**
 * Creates a deployment and returns its id. Throws DeploymentLimitExceededException while another deployment of the
 * group is active, also one that only waits for its blue to be terminated, and InvalidRevisionException.
 */
export function createDeployment(scene: Scene, request: CreateRequest): string {
  const { context, tables } = scene;
  return context.store.transaction(() => {
    const earlier = request.token ? tables.tokens.get(request.token) : undefined;
    if (earlier) return earlier;
    const group = groupNamed(tables, request.application, request.deploymentGroup);
    const spec = readAppSpec(request.appSpec);
    const config = configNamed(tables, request.configName ?? group.configName);
    const key = `${group.application}/${group.name}`;
    const active = tables.active.entries().find(([, of]) => of === key);
    if (active)
      throw new AwsError(
        'DeploymentLimitExceededException',
        `The Deployment Group '${group.name}' already has an active Deployment '${active[0]}'`,
      );
    const plan = planOf(group, config.name, config.routing);
    const now = context.clock.now();
    const deployment: Deployment = {
      id: newDeploymentId(context),
      application: group.application,
      group: group.name,
      groupId: group.id,
      creator: request.creator,
      ...(request.description && { description: request.description }),
      content: request.appSpec,
      spec,
      plan: { ...plan, rollbackOn: request.rollbackOn ?? plan.rollbackOn },
      status: 'Created',
      phase: 'Prepare',
      created: now,
      updated: now,
      started: now,
      lifecycle: lifecycleOf(plan.testListeners.length > 0),
      weight: 0,
      shifts: 0,
    };
    tables.deployments.put(deployment.id, deployment);
    tables.active.put(deployment.id, key);
    tables.groups.put(key, { ...group, lastAttempted: deployment.id });
    if (request.token) tables.tokens.put(request.token, deployment.id);
    tell(scene, deployment, 'START');
    return deployment.id;
  });
}

/** `d-` and nine characters. */
export function newDeploymentId({ ids }: Context): string {
  return `d-${ids.hex(9).toUpperCase()}`;
}
