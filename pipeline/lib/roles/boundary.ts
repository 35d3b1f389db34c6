import type { Environments } from '@slipway/contract';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Aspects, type IAspect, Stack, Validations } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import type { Names } from '../names.ts';
import type { Permission } from './role.ts';

/** The services that anything of the platform or of a team works with. A boundary grants nothing by itself. */
export const BOUNDED_SERVICES = [
  ...['acm', 'application-autoscaling', 'autoscaling', 'cloudformation', 'cloudwatch', 'codebuild'],
  ...['codecommit', 'codeconnections', 'codedeploy', 'codepipeline', 'codestar-connections'],
  ...['codestar-notifications', 'dynamodb', 'ec2', 'ec2messages', 'ecr', 'ecs', 'elasticloadbalancing'],
  ...['events', 'kms', 'lambda', 'logs', 'route53', 's3', 'scheduler', 'secretsmanager'],
  ...['servicediscovery', 'sns', 'sqs', 'ssm', 'ssmmessages'],
] as const;

/**
 * What a role of the platform may do at most. It keeps whoever can change the definition from making an administrator:
 * the pipeline can make roles only with this boundary, and cannot change it. Only an administrator can, by deploying
 * the tooling stack.
 */
export function createBoundary(scope: Construct, names: Names): void {
  const policy = new iam.CfnManagedPolicy(scope, 'Boundary', {
    managedPolicyName: names.boundary,
    description: 'What a role of the platform may do at most',
    policyDocument: { Version: '2012-10-17', Statement: statements(names) },
  });
  for (const service of BOUNDED_SERVICES) acknowledge(policy, 'Action', `${service}:*`);
  for (const resource of ['*', ours(names), ...iamOwn(names).map(({ resource }) => resource)])
    acknowledge(policy, 'Resource', resource);
}

/** Every role below `scope` bears the boundary. */
export function applyBoundary(scope: IConstruct, names: Names): void {
  Aspects.of(scope).add(new Bounded(names));
}

/** Whether the boundary is made here, or is a policy that the account has. */
export function hasOwnBoundary({ permissionsBoundary }: Pick<Environments, 'permissionsBoundary'>): boolean {
  return permissionsBoundary === undefined;
}

/** Leave to make roles and to give them permissions, if only they bear the boundary. */
export function mayMakeRoles(names: Names): Permission {
  return {
    actions: MAKE_ROLES,
    resources: [ours(names)],
    conditions: { StringEquals: { 'iam:PermissionsBoundary': boundaryArn(names) } },
    because: `roles below the platform's own prefix, ${names.prefix}, which bear the boundary`,
  };
}

export function boundaryArn(names: Names): string {
  return names.policyArn(names.boundary);
}

const MAKE_ROLES = [
  ...['iam:CreateRole', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy', 'iam:AttachRolePolicy'],
  ...['iam:DetachRolePolicy', 'iam:PutRolePermissionsBoundary'],
];

class Bounded implements IAspect {
  readonly #names: Names;

  constructor(names: Names) {
    this.#names = names;
  }

  visit(node: IConstruct): void {
    if (!(node instanceof iam.CfnRole)) return;
    const stack = Stack.of(node);
    const { boundary } = this.#names;
    node.permissionsBoundary = `arn:${this.#names.partition}:iam::${stack.account}:policy/${boundary}`;
    const policy = stack.node.tryFindChild('Boundary');
    if (policy instanceof iam.CfnManagedPolicy) node.addResourceDependency(policy);
  }
}

function statements(names: Names) {
  const allow = (Action: readonly string[], Resource: string, Condition?: object) => ({
    ...{ Effect: 'Allow', Action, Resource },
    ...(Condition && { Condition }),
  });
  const { actions, conditions } = mayMakeRoles(names);
  return [
    allow(
      BOUNDED_SERVICES.map(service => `${service}:*`),
      '*',
    ),
    allow(['sts:AssumeRole', 'iam:PassRole'], ours(names)),
    allow(actions, ours(names), conditions),
    ...iamOwn(names).map(({ actions, resource }) => allow(actions, resource)),
    {
      ...{ Effect: 'Deny', Resource: '*' },
      Action: ['iam:DeleteRolePermissionsBoundary', 'iam:CreateAccessKey', 'iam:CreateUser'],
    },
  ];
}

/** What of IAM is not for sale for more rights: reading and describing roles, and the profiles of hosts. */
function iamOwn(names: Names) {
  return [
    {
      actions: [
        ...['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListRolePolicies', 'iam:ListAttachedRolePolicies'],
        ...['iam:ListRoleTags', 'iam:UpdateRole', 'iam:UpdateRoleDescription', 'iam:DeleteRole'],
        ...['iam:UpdateAssumeRolePolicy', 'iam:TagRole', 'iam:UntagRole'],
      ],
      resource: ours(names),
    },
    {
      actions: [
        ...['iam:GetInstanceProfile', 'iam:CreateInstanceProfile', 'iam:DeleteInstanceProfile'],
        ...['iam:AddRoleToInstanceProfile', 'iam:RemoveRoleFromInstanceProfile', 'iam:TagInstanceProfile'],
        'iam:UntagInstanceProfile',
      ],
      resource: names.instanceProfileArn(`${names.prefix}-*`),
    },
    {
      actions: [
        ...['iam:CreatePolicy', 'iam:CreatePolicyVersion', 'iam:DeletePolicy', 'iam:DeletePolicyVersion'],
        ...['iam:GetPolicy', 'iam:GetPolicyVersion', 'iam:ListPolicyVersions', 'iam:ListEntitiesForPolicy'],
      ],
      resource: names.policyArn(`${names.prefix}-*-cloudformation-*`),
    },
    { actions: ['iam:CreateServiceLinkedRole'], resource: names.roleArn('aws-service-role/*') },
  ];
}

/** Roles of the platform, in whatever account: pipelines reach into others. */
function ours(names: Names): string {
  return `arn:${names.partition}:iam::*:role/${names.prefix}-*`;
}

function acknowledge(policy: iam.CfnManagedPolicy, kind: 'Action' | 'Resource', item: string): void {
  Validations.of(policy).acknowledge({
    id: `AwsSolutions-IAM5[${kind}::${item}]`,
    reason: 'A boundary grants nothing: it limits what the policies of roles may grant',
  });
}
