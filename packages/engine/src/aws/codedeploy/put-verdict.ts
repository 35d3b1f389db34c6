import { AwsError } from '../../core/errors.ts';
import { changeHook } from './hook.ts';
import type { Scene } from './scene.ts';
import { deploymentOf } from './tables.ts';

/**
 * Takes the verdict of a lifecycle hook's function. The same verdict may be put again: a client whose answer was lost
 * asks once more.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_PutLifecycleEventHookExecutionStatus.html
 */
export function putVerdict(
  scene: Scene,
  input: { deploymentId?: unknown; lifecycleEventHookExecutionId?: unknown; status?: unknown },
): { lifecycleEventHookExecutionId: string } {
  const { context, tables } = scene;
  const { deploymentId, lifecycleEventHookExecutionId: executionId, status } = input;
  return context.store.transaction(() => {
    if (!deploymentId)
      throw new AwsError('DeploymentIdRequiredException', 'At least one deployment ID must be specified.');
    if (!/^d-[0-9A-Z]{9}$/.test(String(deploymentId)))
      throw new AwsError(
        'InvalidDeploymentIdException',
        `The deployment ID ${String(deploymentId)} was specified in an invalid format.`,
      );
    const deployment = deploymentOf(tables, deploymentId);
    if (status !== 'Succeeded' && status !== 'Failed')
      throw new AwsError(
        'InvalidLifecycleEventHookExecutionStatusException',
        `The result of a Lambda validation function is Succeeded or Failed, not ${String(status)}.`,
      );
    const hook = deployment.hooks?.find(each => each.id === executionId);
    if (!hook)
      throw new AwsError(
        'InvalidLifecycleEventHookExecutionIdException',
        `The deployment ${deployment.id} has no lifecycle event hook with this execution ID.`,
      );
    const isAwaited = hook.status === 'InProgress' && deployment.phase === hook.event;
    if (isAwaited) changeHook(scene, deployment.id, hook.id, { status });
    else if (hook.status !== status)
      throw new AwsError(
        'LifecycleEventAlreadyCompletedException',
        `The lifecycle event ${hook.event} of deployment ${deployment.id} has already been completed.`,
      );
    return { lifecycleEventHookExecutionId: hook.id };
  });
}
