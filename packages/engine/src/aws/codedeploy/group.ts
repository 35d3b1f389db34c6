import { nameOf } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import type { TrafficRouting } from './config.ts';
import type { Plan } from './deployment.ts';

export interface Application {
  id: string;
  name: string;
  created: number;
  token: string;
}

/** A deployment group, by `application/name`. `settings` are as the API gives them. */
export interface DeploymentGroup {
  id: string;
  application: string;
  name: string;
  configName: string;
  serviceRoleArn: string;
  settings: GroupSettings;
  token: string;
  lastSuccessful?: string;
  lastAttempted?: string;
}

export interface GroupSettings {
  deploymentStyle?: { deploymentType?: string; deploymentOption?: string };
  ecsServices?: { clusterName?: string; serviceName?: string }[];
  loadBalancerInfo?: { targetGroupPairInfoList?: TargetGroupPair[] };
  blueGreenDeploymentConfiguration?: {
    deploymentReadyOption?: { actionOnTimeout?: string; waitTimeInMinutes?: number };
    terminateBlueInstancesOnDeploymentSuccess?: { action?: string; terminationWaitTimeInMinutes?: number };
  };
  autoRollbackConfiguration?: { enabled?: boolean; events?: string[] };
  alarmConfiguration?: { enabled?: boolean; alarms?: { name?: string }[] };
}

export interface TargetGroupPair {
  targetGroups?: { name?: string }[];
  prodTrafficRoute?: { listenerArns?: string[] };
  testTrafficRoute?: { listenerArns?: string[] };
}

const MOST_ALARMS = 10;
const MOST_MINUTES = 2880;

/**
 * Checks the settings of a group for ECS as CreateDeploymentGroup does.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html
 */
export function validateGroup(settings: GroupSettings): void {
  const { deploymentType, deploymentOption } = settings.deploymentStyle ?? {};
  if (deploymentType !== 'BLUE_GREEN' || deploymentOption !== 'WITH_TRAFFIC_CONTROL')
    throw new AwsError(
      'InvalidDeploymentStyleException',
      'A deployment group for ECS must have the deployment style BLUE_GREEN with the option WITH_TRAFFIC_CONTROL',
    );
  const services = settings.ecsServices ?? [];
  if (services.length !== 1 || !services[0]?.clusterName || !services[0].serviceName)
    throw new AwsError('InvalidECSServiceException', 'A deployment group must name exactly one ECS service');
  validatePair(settings.loadBalancerInfo?.targetGroupPairInfoList ?? []);
  validateBlueGreen(settings.blueGreenDeploymentConfiguration ?? {});
  if ((settings.alarmConfiguration?.alarms ?? []).length > MOST_ALARMS)
    throw new AwsError(
      'AlarmsLimitExceededException',
      `A deployment group has at most ${MOST_ALARMS} alarms`,
    );
}

function validatePair(pairs: TargetGroupPair[]): void {
  const names = new Set(pairs[0]?.targetGroups?.map(group => group.name));
  const listeners = pairs[0]?.prodTrafficRoute?.listenerArns ?? [];
  const tests = pairs[0]?.testTrafficRoute?.listenerArns ?? [];
  if (pairs.length === 1 && names.size === 2 && !names.has(undefined) && listeners.length === 1) {
    if (tests.length <= 1 && tests[0] !== listeners[0]) return;
  }
  throw new AwsError(
    'InvalidTargetGroupPairException',
    'A deployment group associated with an application that uses the ECS compute platform must contain a valid pair of target groups that identify a load balancer: two target groups, one production listener and at most one other test listener',
  );
}

function validateBlueGreen(
  configuration: NonNullable<GroupSettings['blueGreenDeploymentConfiguration']>,
): void {
  const { terminateBlueInstancesOnDeploymentSuccess: termination, deploymentReadyOption: ready } =
    configuration;
  const invalid = (message: string) =>
    new AwsError('InvalidBlueGreenDeploymentConfigurationException', message);
  if ((termination?.action ?? 'TERMINATE') !== 'TERMINATE')
    throw invalid(
      'The original task set of an ECS deployment must be terminated: set the action to TERMINATE',
    );
  const minutes = [termination?.terminationWaitTimeInMinutes ?? 0, ready?.waitTimeInMinutes ?? 0];
  if (minutes.some(each => !Number.isInteger(each) || each < 0 || each > MOST_MINUTES))
    throw invalid(`Wait times must be 0 to ${MOST_MINUTES} minutes`);
  const action = ready?.actionOnTimeout ?? 'CONTINUE_DEPLOYMENT';
  if (action === 'STOP_DEPLOYMENT' && minutes[1] === 0)
    throw invalid('STOP_DEPLOYMENT needs a wait time of at least one minute');
  if (action !== 'STOP_DEPLOYMENT' && action !== 'CONTINUE_DEPLOYMENT')
    throw invalid('The deployment ready option must be CONTINUE_DEPLOYMENT or STOP_DEPLOYMENT');
}

/** What a deployment of this group does. */
export function planOf(group: DeploymentGroup, configName: string, routing: TrafficRouting): Plan {
  const { settings } = group;
  const service = settings.ecsServices![0]!;
  const pair = settings.loadBalancerInfo!.targetGroupPairInfoList![0]!;
  const { deploymentReadyOption: ready, terminateBlueInstancesOnDeploymentSuccess: termination } =
    settings.blueGreenDeploymentConfiguration ?? {};
  const rollback = settings.autoRollbackConfiguration;
  const alarms = settings.alarmConfiguration;
  return {
    configName,
    routing,
    cluster: nameOf(service.clusterName!),
    service: nameOf(service.serviceName!),
    targetGroups: pair.targetGroups!.map(each => each.name) as [string, string],
    productionListeners: pair.prodTrafficRoute!.listenerArns!,
    testListeners: pair.testTrafficRoute?.listenerArns ?? [],
    rollbackOn: rollback?.enabled ? (rollback.events ?? []) : [],
    alarms: alarms?.enabled ? (alarms.alarms ?? []).flatMap(each => each.name ?? []) : [],
    ...(ready?.actionOnTimeout === 'STOP_DEPLOYMENT' && { readyWaitMinutes: ready.waitTimeInMinutes! }),
    terminationWaitMinutes: termination?.terminationWaitTimeInMinutes ?? 0,
  };
}
