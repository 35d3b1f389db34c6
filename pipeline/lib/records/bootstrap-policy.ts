import type { Environments } from '@slipway/contract';
import { createNames, type Names } from '../names.ts';
import { boundaryArn } from '../roles/boundary.ts';
import { type Grant, permissionsIn } from '../roles/grant.ts';
import { placeGrants } from '../roles/place-permissions.ts';
import { administratorGrants, platformGrants } from '../roles/platform-permissions.ts';
import { policiesOf } from '../roles/policies.ts';
import type { Permission } from '../roles/role.ts';

export interface Policy {
  readonly name: string;
  readonly document: object;
}

/**
 * What CloudFormation needs, and no more, to make the first two stacks, tooling and the platform's pipeline: all others
 * are made by that pipeline with roles of the tooling stack. Customer-managed policies, each short enough for IAM, for
 * `cdk bootstrap --cloudformation-execution-policies`.
 */
export function bootstrapPolicies(environments: Environments): Policy[] {
  const names = createNames(environments);
  return policiesOf(permissionsIn(bootstrapGrants(names, environments)), { inline: 0 }).further.map(
    (document, index) => ({ name: `${names.prefix}-bootstrap-${index + 1}`, document: document.toJSON() }),
  );
}

export function bootstrapGrants(names: Names, environments: Environments): Grant[] {
  const grants = [...platformGrants(names), ...placeGrants(names, environments.environments)];
  const needed = new Set<string>(TYPES);
  return [
    ...grants.filter(({ types }) => types.some(type => needed.has(type))),
    ...administratorGrants(names),
    { types: [], permissions: roleMaking(grants, names) },
  ];
}

/** What the first two stacks contain; a test compares. */
const TYPES = [
  ...['AWS::CodeBuild::Project', 'AWS::CodeCommit::Repository', 'AWS::CodePipeline::Pipeline'],
  ...['AWS::ECR::PullThroughCacheRule', 'AWS::Events::Rule', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::Role'],
  ...['AWS::KMS::Alias', 'AWS::KMS::Key', 'AWS::Lambda::Function', 'AWS::Logs::LogGroup'],
  ...['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::SNS::Subscription', 'AWS::SNS::Topic'],
  'AWS::SNS::TopicPolicy',
];

/** Roles that bear the boundary, handed to the services that work in these two stacks. */
function roleMaking(grants: readonly Grant[], names: Names): Permission[] {
  const services = ['codepipeline', 'codebuild', 'events', 'lambda'].map(
    service => `${service}.amazonaws.com`,
  );
  return permissionsIn(grants.filter(({ types }) => types.length === 0)).filter(({ conditions }) => {
    const { StringEquals = {} } = (conditions ?? {}) as { StringEquals?: Record<string, unknown> };
    const passedTo = [StringEquals['iam:PassedToService']].flat();
    return (
      StringEquals['iam:PermissionsBoundary'] === boundaryArn(names) ||
      passedTo.some(service => services.includes(String(service)))
    );
  });
}
