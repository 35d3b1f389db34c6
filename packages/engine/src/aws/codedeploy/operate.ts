import { AwsError } from '../../core/errors.ts';
import type { Deployment } from './deployment.ts';
import { change } from './record.ts';
import type { Scene } from './scene.ts';
import { deploymentOf } from './tables.ts';

/** Asks a deployment to stop; the controller carries it out. Without a wish the group's configuration decides. */
export function stopDeployment(
  scene: Scene,
  { deploymentId, autoRollbackEnabled }: { deploymentId?: unknown; autoRollbackEnabled?: unknown },
): { status: 'Pending' | 'Succeeded'; statusMessage: string } {
  const { context, tables } = scene;
  return context.store.transaction(() => {
    const deployment = deploymentOf(tables, deploymentId);
    refuseCompleted(deployment);
    if (deployment.creator === 'codeDeployRollback' || deployment.phase === 'Terminate')
      throw new AwsError(
        'UnsupportedActionForDeploymentTypeException',
        `The deployment ${deployment.id} can no longer be stopped: it ${deployment.phase === 'Terminate' ? 'is terminating the original task set' : 'is a rollback'}`,
      );
    const rollback =
      typeof autoRollbackEnabled === 'boolean'
        ? autoRollbackEnabled
        : deployment.plan.rollbackOn.includes('DEPLOYMENT_STOP_ON_REQUEST');
    if (!deployment.stop) change(scene, deployment.id, stored => ({ ...stored, stop: { rollback } }));
    return { status: 'Pending', statusMessage: 'The deployment is being stopped.' };
  });
}

/** Goes on at once: to production traffic (READY_WAIT) or to terminating blue (TERMINATION_WAIT). */
export function continueDeployment(
  scene: Scene,
  { deploymentId, deploymentWaitType }: { deploymentId?: unknown; deploymentWaitType?: unknown },
): void {
  const { context, tables } = scene;
  context.store.transaction(() => {
    const deployment = deploymentOf(tables, deploymentId);
    refuseCompleted(deployment);
    const type = deploymentWaitType ?? 'READY_WAIT';
    if (type !== 'READY_WAIT' && type !== 'TERMINATION_WAIT')
      throw new AwsError(
        'InvalidDeploymentWaitTypeException',
        'The wait type must be READY_WAIT or TERMINATION_WAIT',
      );
    const waits =
      type === 'READY_WAIT' ? deployment.status === 'Ready' : deployment.phase === 'TerminationWait';
    if (!waits)
      throw new AwsError(
        'DeploymentIsNotInReadyStateException',
        `The deployment ${deployment.id} does not wait (${type}); its status is ${deployment.status}`,
      );
    change(scene, deployment.id, stored => ({ ...stored, continued: true }));
  });
}

function refuseCompleted({ id, status }: Deployment): void {
  if (status === 'Succeeded' || status === 'Failed' || status === 'Stopped')
    throw new AwsError(
      'DeploymentAlreadyCompletedException',
      `The deployment ${id} has completed: ${status}`,
    );
}
