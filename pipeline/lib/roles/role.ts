import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { policiesOf } from './policies.ts';
import { trust } from './trust.ts';
import { reasonFor } from './wildcards.ts';

export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, unknown>>;
  /** Why a wildcard must be: needed for `*`, and for every other one that does not explain itself. */
  readonly because?: string;
}

export interface RoleProps {
  readonly name: string;
  /** A service such as `ecs-tasks.amazonaws.com`, or who may assume this one: a role, or certain roles of an account. */
  readonly assumedBy: string | iam.IRole | iam.IPrincipal;
  /** The ARN of what the service acts for; needed where the service tells it. */
  readonly source?: string;
  readonly description: string;
  readonly permissions: readonly Permission[];
}

/**
 * A role with a fixed name whose policy is part of it: whatever refers to the role waits for its policy, too.
 * Constructs get it without leave to widen it (CDK's own grants are wider than needed).
 * @throws when a permission has a wildcard without a reason
 */
export function createRole(scope: Construct, id: string, props: RoleProps): iam.IRole {
  const { name, assumedBy, source, description, permissions } = props;
  const { inline, further } = policiesOf(permissions);
  const role = new iam.Role(scope, id, {
    roleName: name,
    description,
    assumedBy: trust(scope, assumedBy, source),
    inlinePolicies: inline.isEmpty ? {} : { permissions: inline },
  });
  acknowledgeWildcards(role, permissions);
  for (const [index, document] of further.entries()) {
    const managed = new iam.ManagedPolicy(role, `Further${index + 1}`, {
      managedPolicyName: `${name}-${index + 1}`,
      description: `${description} (what its own policy has no room for)`,
      document,
    });
    role.addManagedPolicy(managed);
  }
  reasons.set(role, permissions);
  return role.withoutPolicyUpdates();
}

/**
 * Roles of the pipelines' home, for another account to trust where it cannot name them: AWS refuses to trust a role that
 * is not there yet. So the trust is in the account, and in it in nobody but these.
 */
export function homeRoles(home: Names, roles: readonly string[]): iam.IPrincipal {
  const conditions = { ArnLike: { 'aws:PrincipalArn': [...roles] } };
  return new iam.AccountPrincipal(home.account).withConditions(conditions);
}

/** A role that another stack brings. */
export function importRole(scope: Construct, arn: string): iam.IRole {
  const account = arn.split(':')[4];
  const id = `Role-${account === Stack.of(scope).account ? '' : `${account}-`}${arn.split('/').at(-1)}`;
  const known = scope.node.tryFindChild(id);
  return (known as iam.IRole | undefined) ?? iam.Role.fromRoleArn(scope, id, arn, { mutable: false });
}

const reasons = new WeakMap<Construct, readonly Permission[]>();

/** The permissions that a role was made with, reasons included; none for a role that was not made by `createRole`. */
export function permissionsOf(role: Construct): readonly Permission[] {
  return reasons.get(role) ?? [];
}

/** Tells cdk-nag's rule against wildcards the reason of each. */
function acknowledgeWildcards(role: iam.Role, permissions: readonly Permission[]): void {
  const acknowledged = new Map<string, string>();
  for (const permission of permissions) {
    const note = (kind: 'Action' | 'Resource', item: string) => {
      const reason = reasonFor(permission, item);
      if (reason !== undefined) acknowledged.set(`AwsSolutions-IAM5[${kind}::${item}]`, reason);
    };
    for (const action of permission.actions) note('Action', action);
    for (const resource of permission.resources) note('Resource', resource);
  }
  for (const [id, reason] of acknowledged) Validations.of(role).acknowledge({ id, reason });
}
