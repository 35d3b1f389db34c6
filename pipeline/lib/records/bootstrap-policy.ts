import type { Environments } from '@slipway/contract';
import { createNames, type Names } from '../names.ts';
import { boundaryArn } from '../roles/boundary.ts';
import { type Grant, permissionsIn } from '../roles/grant.ts';
import { placeGrants } from '../roles/place-permissions.ts';
import { administratorGrants, platformGrants } from '../roles/platform-permissions.ts';
import { policiesOf } from '../roles/policies.ts';
import { inRegions } from '../roles/regions.ts';
import type { Permission } from '../roles/role.ts';
import { otherAccountsOf, placesAt, spotsOf } from '../spots.ts';

export interface Policy {
  readonly account: string;
  readonly name: string;
  readonly document: object;
}

/**
 * What `npm run deploy` needs, and no more, to make the first stacks: the repository, the tooling of every account and
 * region, and the platform's pipeline. All others are made by that pipeline with roles of the tooling. Customer-managed policies, each
 * short enough for IAM, the home account's first.
 */
export function bootstrapPolicies(environments: Environments): Policy[] {
  const home = createNames(environments);
  return [environments.account, ...otherAccountsOf(environments)].flatMap(account => {
    const regions = spotsOf(environments)
      .filter(spot => spot.account === account)
      .map(spot => home.at(spot));
    const permissions = inRegions(regions, there => [
      ...permissionsIn(bootstrapGrants(there, environments)),
      ...callerPermissions(there),
    ]);
    return policiesOf(permissions, { inline: 0 }).further.map((document, index) => ({
      ...{ account, name: `${home.prefix}-bootstrap-${index + 1}` },
      document: document.toJSON() as object,
    }));
  });
}

export function bootstrapGrants(names: Names, environments: Environments): Grant[] {
  const grants = [
    ...platformGrants(names),
    ...placeGrants(names, placesAt(environments.environments, names)),
  ];
  const needed = new Set<string>(TYPES);
  return [
    ...grants.filter(({ types }) => types.some(type => needed.has(type))),
    ...administratorGrants(names),
    { types: [], permissions: roleMaking(grants, names) },
  ];
}

/** What these stacks contain; a test compares. */
const TYPES = [
  ...['AWS::CodeBuild::Project', 'AWS::CodeCommit::Repository', 'AWS::CodePipeline::Pipeline'],
  ...['AWS::ECR::PullThroughCacheRule', 'AWS::Events::Rule', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::Role'],
  ...['AWS::KMS::Alias', 'AWS::KMS::Key', 'AWS::Lambda::Function', 'AWS::Logs::LogGroup'],
  ...['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::SNS::Subscription', 'AWS::SNS::Topic'],
  'AWS::SNS::TopicPolicy',
];

/** Roles that bear the boundary, handed to the services that work in these stacks. */
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

/** What the command itself calls: it looks, deploys the first stacks, pushes, and tells how the release goes on. */
function callerPermissions(names: Names): Permission[] {
  const { prefix, arn } = names;
  const passing = names.bucketArn(`${prefix}-deploy-${names.account}-${names.region}`);
  const { repository, platformPipeline } = names.stacks;
  const first = [repository, `${prefix}-tooling`, `${prefix}-tooling-*`, platformPipeline];
  return [
    {
      actions: [
        ...['cloudformation:CreateStack', 'cloudformation:UpdateStack', 'cloudformation:DeleteStack'],
        ...['cloudformation:DescribeStackEvents', 'cloudformation:GetTemplate'],
      ],
      resources: first.map(stack => arn('cloudformation', `stack/${stack}/*`)),
      because: 'the first stacks, which have ids',
    },
    {
      actions: ['cloudformation:DescribeStacks'],
      resources: [arn('cloudformation', `stack/${prefix}-*/*`)],
      because: "the platform's own stacks",
    },
    {
      actions: ['s3:PutObject', 's3:GetObject'],
      resources: [`${names.bucketArn(names.artifactBucket)}/*`],
    },
    {
      actions: [
        ...['s3:CreateBucket', 's3:ListBucket', 's3:ListBucketVersions', 's3:DeleteBucket'],
        ...['s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:DeleteObjectVersion'],
      ],
      resources: [passing, `${passing}/*`],
      because: 'a template too large for a call passes through this bucket while there is no other',
    },
    {
      actions: [
        ...['codecommit:GetRepository', 'codecommit:GetBranch', 'codecommit:GitPush', 'codecommit:GitPull'],
      ],
      resources: [arn('codecommit', names.repository)],
    },
    {
      actions: [
        ...['codepipeline:GetPipeline', 'codepipeline:GetPipelineState', 'codepipeline:GetPipelineExecution'],
        ...['codepipeline:ListPipelineExecutions', 'codepipeline:StartPipelineExecution'],
      ],
      resources: [arn('codepipeline', `${prefix}-*`)],
      because: 'every pipeline that the release goes through',
    },
    {
      actions: [
        ...['sts:GetCallerIdentity', 'servicequotas:GetServiceQuota', 'codepipeline:ListPipelines'],
        ...['acm:DescribeCertificate', 'route53:GetHostedZone', 'iam:GetRole', 'ssm:GetParameters'],
      ],
      resources: ['*'],
      because: 'what the preflight looks at: AWS and others own it, or the call knows no resources',
    },
  ];
}
