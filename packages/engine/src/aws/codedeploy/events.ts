import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { Deployment } from './deployment.ts';

export type DeploymentState = 'START' | 'READY' | 'SUCCESS' | 'FAILURE' | 'STOP';

/**
 * EventBridge's event of a deployment.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
 */
export function deploymentEvent(
  place: Pick<Context, 'region' | 'account'>,
  deployment: Deployment,
  state: DeploymentState,
): EngineEvent {
  const { application, group } = deployment;
  return {
    source: 'aws.codedeploy',
    'detail-type': 'CodeDeploy Deployment State-change Notification',
    resources: [
      arn('codedeploy', place, `application:${application}`),
      arn('codedeploy', place, `deploymentgroup:${application}/${group}`),
    ],
    detail: {
      region: place.region,
      application,
      deploymentGroup: group,
      instanceGroupId: deployment.groupId,
      deploymentId: deployment.id,
      state,
    },
  };
}
