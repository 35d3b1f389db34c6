import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, unknown>>;
}

export interface RoleProps {
  readonly name: string;
  /** A service such as `ecs-tasks.amazonaws.com`, or the role that may assume this one. */
  readonly assumedBy: string | iam.IRole;
  readonly description: string;
  readonly permissions: readonly Permission[];
}

/**
 * A role with a fixed name whose policy is part of it: whatever refers to the role waits for its policy, too.
 * Constructs get it without leave to widen it (CDK's own grants are wider than needed).
 */
export function createRole(scope: Construct, id: string, props: RoleProps): iam.IRole {
  const { name, assumedBy, description, permissions } = props;
  const role = new iam.Role(scope, id, {
    roleName: name,
    description,
    assumedBy: principal(scope, assumedBy),
    inlinePolicies: permissions.length === 0 ? {} : { permissions: policy(permissions) },
  });
  return role.withoutPolicyUpdates();
}

/** A role that another stack brings. */
export function importRole(scope: Construct, arn: string): iam.IRole {
  const account = arn.split(':')[4];
  const id = `Role-${account === Stack.of(scope).account ? '' : `${account}-`}${arn.split('/').at(-1)}`;
  const known = scope.node.tryFindChild(id);
  return (known as iam.IRole | undefined) ?? iam.Role.fromRoleArn(scope, id, arn, { mutable: false });
}

/** A service may only act for this account ("confused deputy"). */
function principal(scope: Construct, assumedBy: string | iam.IRole): iam.IPrincipal {
  if (typeof assumedBy !== 'string') return new iam.ArnPrincipal(assumedBy.roleArn);
  const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } };
  return new iam.ServicePrincipal(assumedBy).withConditions(conditions);
}

function policy(permissions: readonly Permission[]): iam.PolicyDocument {
  const statements = permissions.map(
    ({ actions, resources, conditions }) =>
      new iam.PolicyStatement({
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions: { ...conditions } }),
      }),
  );
  return new iam.PolicyDocument({ statements });
}
