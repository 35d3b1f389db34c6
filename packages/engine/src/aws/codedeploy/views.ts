import { arn } from '../../core/arn.ts';
import type { DeploymentConfig } from './config.ts';
import type { Deployment, LifecycleEvent, Side } from './deployment.ts';
import type { Application, DeploymentGroup } from './group.ts';
import type { Scene } from './scene.ts';

export function applicationInfo({ id, name, created }: Application) {
  return {
    applicationId: id,
    applicationName: name,
    createTime: new Date(created),
    linkedToGitHub: false,
    computePlatform: 'ECS',
  };
}

export function configInfo({ id, name, created, routing }: DeploymentConfig) {
  return {
    deploymentConfigId: id,
    deploymentConfigName: name,
    createTime: new Date(created),
    computePlatform: 'ECS',
    trafficRoutingConfig: routing,
  };
}

export function groupInfo({ tables }: Scene, group: DeploymentGroup) {
  const last = (id: string | undefined) => {
    const deployment = id ? tables.deployments.get(id) : undefined;
    return (
      deployment && {
        deploymentId: deployment.id,
        status: deployment.status,
        createTime: new Date(deployment.created),
        ...(deployment.completed && { endTime: new Date(deployment.completed) }),
      }
    );
  };
  const lastSuccessfulDeployment = last(group.lastSuccessful);
  const lastAttemptedDeployment = last(group.lastAttempted);
  return {
    applicationName: group.application,
    deploymentGroupId: group.id,
    deploymentGroupName: group.name,
    deploymentConfigName: group.configName,
    serviceRoleArn: group.serviceRoleArn,
    computePlatform: 'ECS',
    ...group.settings,
    ...(lastSuccessfulDeployment && { lastSuccessfulDeployment }),
    ...(lastAttemptedDeployment && { lastAttemptedDeployment }),
  };
}

/** DeploymentInfo of GetDeployment. A deployment by CodePipeline has AWS's creator `user`. */
export function deploymentInfo({ tables }: Scene, deployment: Deployment) {
  const { content, plan, status, rollback } = deployment;
  const settings = tables.groups.get(`${deployment.application}/${deployment.group}`)?.settings;
  const bucket = OVERVIEW[status];
  return {
    applicationName: deployment.application,
    deploymentGroupName: deployment.group,
    deploymentConfigName: plan.configName,
    deploymentId: deployment.id,
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
    status,
    ...(deployment.error && { errorInformation: deployment.error }),
    createTime: new Date(deployment.created),
    ...(deployment.started && { startTime: new Date(deployment.started) }),
    ...(deployment.completed && { completeTime: new Date(deployment.completed) }),
    deploymentOverview: { ...EMPTY_OVERVIEW, ...(bucket && { [bucket]: 1 }) },
    ...(deployment.description && { description: deployment.description }),
    creator: deployment.creator === 'codePipeline' ? 'user' : deployment.creator,
    autoRollbackConfiguration: { enabled: plan.rollbackOn.length > 0, events: plan.rollbackOn },
    ...(rollback && {
      rollbackInfo: {
        ...(rollback.by && { rollbackDeploymentId: rollback.by }),
        ...(rollback.of && { rollbackTriggeringDeploymentId: rollback.of }),
        ...(rollback.message && { rollbackMessage: rollback.message }),
      },
    }),
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    instanceTerminationWaitTimeStarted:
      deployment.phase === 'TerminationWait' || deployment.phase === 'Terminate',
    ...(settings?.blueGreenDeploymentConfiguration && {
      blueGreenDeploymentConfiguration: settings.blueGreenDeploymentConfiguration,
    }),
    ...(settings?.loadBalancerInfo && { loadBalancerInfo: settings.loadBalancerInfo }),
    computePlatform: 'ECS',
  };
}

const EMPTY_OVERVIEW = { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 0, Skipped: 0, Ready: 0 };

const OVERVIEW: Partial<Record<Deployment['status'], keyof typeof EMPTY_OVERVIEW>> = {
  Created: 'Pending',
  InProgress: 'InProgress',
  Ready: 'Ready',
  Succeeded: 'Succeeded',
  Failed: 'Failed',
  Stopped: 'Skipped',
};

/** A deployment to ECS has one target: the service. */
export function targetIdOf({ plan }: Deployment): string {
  return `${plan.cluster}:${plan.service}`;
}

/** DeploymentTarget: the lifecycle events and the two task sets with their share of production traffic. */
export function targetInfo(scene: Scene, deployment: Deployment) {
  const { plan, status, blue, green, weight } = deployment;
  const targetArn =
    deployment.serviceArn ?? arn('ecs', scene.context, `service/${plan.cluster}/${plan.service}`);
  return {
    deploymentTargetType: 'ECSTarget',
    ecsTarget: {
      deploymentId: deployment.id,
      targetId: targetIdOf(deployment),
      targetArn,
      lastUpdatedAt: new Date(deployment.updated),
      lifecycleEvents: deployment.lifecycle.map(lifecycleEvent),
      status: status === 'Created' ? 'Pending' : status === 'Stopped' ? 'Failed' : status,
      taskSetsInfo: [
        ...(blue ? [taskSetInfo(scene, blue, 'Blue', 100 - weight)] : []),
        ...(green ? [taskSetInfo(scene, green, 'Green', weight)] : []),
      ],
    },
  };
}

function lifecycleEvent({ name, status, started, ended, message, logTail = '' }: LifecycleEvent) {
  return {
    lifecycleEventName: name,
    status,
    ...(started && { startTime: new Date(started) }),
    ...(ended && { endTime: new Date(ended) }),
    ...(message && { diagnostics: { errorCode: 'UnknownError', scriptName: '', message, logTail } }),
  };
}

function taskSetInfo({ ports }: Scene, side: Side, taskSetLabel: 'Blue' | 'Green', trafficWeight: number) {
  const taskSet = ports.ecs.taskSet(side.taskSet);
  return {
    // AWS's own spelling.
    identifer: side.taskSet,
    desiredCount: taskSet?.desired ?? 0,
    pendingCount: taskSet?.pending ?? 0,
    runningCount: taskSet?.running ?? 0,
    status: taskSet?.status ?? 'INACTIVE',
    trafficWeight,
    targetGroup: { name: side.targetGroupArn.split('/')[1] ?? side.targetGroupArn },
    taskSetLabel,
  };
}
