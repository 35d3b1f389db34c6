import type { Context } from '../../core/context.ts';
import type { Table } from '../../core/store.ts';

/** One statement of a policy, as the template writes it. */
export type Statement = Record<string, unknown>;

export interface NamedPolicy {
  name: string;
  statements: Statement[];
}

/** A role with everything that it may do. */
export interface Role {
  name: string;
  arn: string;
  /** `AROA…`. */
  id: string;
  /** Who may assume it. */
  trust: Statement[];
  /** Its own policies, those attached by other resources, and managed ones of this account. */
  policies: NamedPolicy[];
  /** Managed policies of AWS, whose statements are not known here. */
  awsPolicies: string[];
  permissionsBoundary?: string;
}

export interface RoleRow {
  name: string;
  arn: string;
  id: string;
  trust: Statement[];
  inline: NamedPolicy[];
  managed: string[];
  description?: string;
  permissionsBoundary?: string;
  madeBy: string;
}

/** A policy of `AWS::IAM::Policy` or `AWS::IAM::RolePolicy` on the roles that it names. */
export interface PolicyRow extends NamedPolicy {
  roles: string[];
}

export interface ManagedPolicyRow extends PolicyRow {
  arn: string;
  madeBy: string;
}

export interface InstanceProfileRow {
  name: string;
  arn: string;
  roles: string[];
  madeBy: string;
}

export interface IamTables {
  roles: Table<RoleRow>;
  policies: Table<PolicyRow>;
  managed: Table<ManagedPolicyRow>;
  profiles: Table<InstanceProfileRow>;
}

export function openTables({ store }: Context): IamTables {
  return {
    roles: store.table('iam_roles'),
    policies: store.table('iam_policies'),
    managed: store.table('iam_managed_policies'),
    profiles: store.table('iam_instance_profiles'),
  };
}

/** The role of that ARN or name with all its policies; undefined when there is none. */
export function findRole(tables: IamTables, arnOrName: string): Role | undefined {
  const row = tables.roles.get(roleName(arnOrName));
  if (!row || (arnOrName.startsWith('arn:') && arnOrName !== row.arn)) return undefined;
  const attached = [...tables.policies.values(), ...tables.managed.values()];
  const own = row.managed.map(arn => tables.managed.get(arn));
  const policies = [
    ...row.inline,
    ...attached.filter(policy => policy.roles.includes(row.name)),
    ...own.filter(policy => policy !== undefined),
  ];
  return {
    name: row.name,
    arn: row.arn,
    id: row.id,
    trust: row.trust,
    policies: policies.map(({ name, statements }) => ({ name, statements })),
    awsPolicies: row.managed.filter(arn => !tables.managed.get(arn)),
    ...(row.permissionsBoundary ? { permissionsBoundary: row.permissionsBoundary } : {}),
  };
}

/** `arn:aws:iam::123456789012:role/path/name` names `name`. */
export function roleName(arnOrName: string): string {
  return arnOrName.slice(arnOrName.lastIndexOf('/') + 1);
}
