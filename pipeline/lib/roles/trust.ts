import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/**
 * What a service tells when it takes on a role, as far as its documentation says so. `arn` and `account`: both
 * `aws:SourceArn` and `aws:SourceAccount`. `perhaps`: unconfirmed, so a missing key is forgiven while a foreign account
 * is not. `nothing`: it tells neither, and a condition would shut it out.
 */
const TELLS: Readonly<Record<string, 'arn' | 'perhaps' | 'nothing'>> = {
  // https://docs.aws.amazon.com/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html
  'codebuild.amazonaws.com': 'arn',
  // https://docs.aws.amazon.com/codedeploy/latest/userguide/security_confused_deputy.html
  'codedeploy.amazonaws.com': 'arn',
  // https://docs.aws.amazon.com/codepipeline/latest/userguide/security-iam.html
  'codepipeline.amazonaws.com': 'arn',
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
  'ecs-tasks.amazonaws.com': 'arn',
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html
  'events.amazonaws.com': 'arn',
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
  'scheduler.amazonaws.com': 'arn',
  'vpc-flow-logs.amazonaws.com': 'arn', // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
  'ec2.amazonaws.com': 'nothing',
};

/**
 * Who may take on a role: another role, or a service that acts for this account and, where it tells, for exactly
 * `source` ("confused deputy").
 * @throws when a service that tells what it acts for is trusted without `source`
 */
export function trust(
  scope: Construct,
  assumedBy: string | iam.IRole | iam.IPrincipal,
  source?: string,
): iam.IPrincipal {
  if (typeof assumedBy !== 'string')
    return 'roleArn' in assumedBy ? new iam.ArnPrincipal(assumedBy.roleArn) : assumedBy;
  const service = new iam.ServicePrincipal(assumedBy);
  const tells = TELLS[assumedBy] ?? 'perhaps';
  if (tells === 'nothing') return service;
  const account = { 'aws:SourceAccount': Stack.of(scope).account };
  if (tells === 'perhaps') return service.withConditions({ StringEqualsIfExists: account });
  if (source === undefined) {
    throw new Error(`A role for ${assumedBy} needs its source: the ARN of what the service acts for.`);
  }
  return service.withConditions({ StringEquals: account, ArnLike: { 'aws:SourceArn': source } });
}
