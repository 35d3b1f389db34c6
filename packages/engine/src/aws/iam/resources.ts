import { createHash } from 'node:crypto';
import type { Context } from '../../core/context.ts';
import type {
  Properties,
  ResourceHandler,
  ResourceHandlers,
  ResourceRequest,
  ResourceResult,
} from '../../core/resource.ts';
import { principalsOf, statementsOf } from './policy-document.ts';
import { type IamTables, type NamedPolicy, type PolicyRow, type RoleRow, roleName } from './role.ts';

/** Roles, their policies and instance profiles as templates define them. */
export function createResources(context: Context, tables: IamTables): ResourceHandlers {
  return {
    'AWS::IAM::Role': named(
      'RoleName',
      64,
      request => writeRole(context, tables, request),
      id => tables.roles.delete(id),
    ),
    'AWS::IAM::Policy': policy(context, tables, ({ Roles }) => texts(Roles)),
    'AWS::IAM::RolePolicy': policy(context, tables, ({ RoleName }) => texts([RoleName])),
    'AWS::IAM::ManagedPolicy': named(
      'ManagedPolicyName',
      128,
      request => writeManagedPolicy(context, tables, request),
      id => tables.managed.delete(id),
    ),
    'AWS::IAM::InstanceProfile': named(
      'InstanceProfileName',
      128,
      request => writeInstanceProfile(context, tables, request),
      id => tables.profiles.delete(id),
    ),
    'AWS::IAM::ServiceLinkedRole': {
      create: async ({ properties }) => ({
        physicalId: serviceRole(properties),
        attributes: { RoleName: serviceRole(properties) },
      }),
      update: async ({ physicalId }) => ({ physicalId, attributes: { RoleName: physicalId } }),
      delete: async () => {},
    },
  };
}

interface NamedRequest extends ResourceRequest {
  name: string;
  /** Missing when it is being created. */
  physicalId?: string;
}

/** A resource whose name is a property or made up, and which another name or path replaces. */
function named(
  property: string,
  longest: number,
  write: (request: NamedRequest) => ResourceResult,
  remove: (physicalId: string) => void,
): ResourceHandler {
  const create = (request: ResourceRequest): ResourceResult => {
    const name = nameOf(request, property);
    if (name.length > longest || !/^[\w+=,.@-]+$/.test(name)) {
      throw new Error(
        `"${name.slice(0, 200)}" is no ${property}: it may have ${longest} letters, digits and +=,.@_-`,
      );
    }
    return write({ ...request, name });
  };
  return {
    create: async request => create(request),
    update: async request => {
      const { properties, previous, physicalId } = request;
      const replaced = properties[property] !== previous[property] || properties.Path !== previous.Path;
      return replaced ? create(request) : write({ ...request, physicalId, name: roleName(physicalId) });
    },
    delete: async ({ physicalId }) => remove(physicalId),
  };
}

function nameOf({ properties, stack, logicalId, token }: ResourceRequest, property: string): string {
  const given = properties[property];
  if (typeof given === 'string') return given;
  const unique = createHash('sha256').update(token).digest('hex').slice(0, 12).toUpperCase();
  return `${stack.name.slice(0, 24)}-${logicalId.slice(0, 24)}-${unique}`;
}

function writeRole(context: Context, tables: IamTables, request: NamedRequest): ResourceResult {
  const { properties, name, token } = request;
  const existing = tables.roles.get(name);
  refuseTaken('AWS::IAM::Role', 'RoleName', existing, request);
  const trust = statementsOf(properties.AssumeRolePolicyDocument, 'AssumeRolePolicyDocument');
  const row: RoleRow = {
    name,
    arn: iamArn(context, `role${pathOf(properties)}${name}`),
    id: existing?.id ?? `AROA${createHash('sha256').update(token).digest('hex').slice(0, 17).toUpperCase()}`,
    trust,
    inline: list(properties.Policies).map(each => namedPolicy(each as Properties)),
    managed: texts(properties.ManagedPolicyArns),
    madeBy: existing?.madeBy ?? token,
    ...(typeof properties.Description === 'string' ? { description: properties.Description } : {}),
    ...(typeof properties.PermissionsBoundary === 'string'
      ? { permissionsBoundary: properties.PermissionsBoundary }
      : {}),
  };
  checkTrust(context, tables, row);
  tables.roles.put(name, row);
  return { physicalId: name, attributes: { Arn: row.arn, RoleId: row.id } };
}

/** AWS refuses a trust policy that names a role of this account which is not there. */
export function checkTrust(context: Context, tables: IamTables, row: RoleRow): void {
  const principals = row.trust.flatMap(principalsOf);
  const unknown = principals.find(principal => !exists(context, tables, principal, row));
  if (unknown) throw new Error(`MalformedPolicyDocument: Invalid principal in policy: "AWS":"${unknown}"`);
}

function exists({ account }: Context, tables: IamTables, principal: string, self: RoleRow): boolean {
  const role = new RegExp(`^arn:[^:]+:iam::${account}:role/`).test(principal);
  return !role || principal === self.arn || tables.roles.get(roleName(principal))?.arn === principal;
}

function policy(
  context: Context,
  tables: IamTables,
  rolesOf: (properties: Properties) => string[],
): ResourceHandler {
  const write = (request: ResourceRequest, physicalId: string): ResourceResult => {
    const row: PolicyRow = {
      ...namedPolicy(request.properties),
      roles: checkRoles(tables, rolesOf(request.properties)),
    };
    context.store.transaction(() => tables.policies.put(physicalId, row));
    return { physicalId, attributes: { Id: physicalId } };
  };
  return {
    create: async request => {
      const unique = createHash('sha256').update(request.token).digest('hex').slice(0, 12);
      return write(request, `${request.stack.name}-${request.logicalId}-${unique}`);
    },
    update: async request => write(request, request.physicalId),
    delete: async ({ physicalId }) => tables.policies.delete(physicalId),
  };
}

function writeManagedPolicy(context: Context, tables: IamTables, request: NamedRequest): ResourceResult {
  const { properties, name, token } = request;
  const arn = request.physicalId ?? iamArn(context, `policy${pathOf(properties)}${name}`);
  const existing = tables.managed.get(arn);
  refuseTaken('AWS::IAM::ManagedPolicy', 'ManagedPolicyName', existing, request);
  const roles = checkRoles(tables, texts(properties.Roles));
  const statements = statementsOf(properties.PolicyDocument, 'PolicyDocument');
  tables.managed.put(arn, { name, arn, statements, roles, madeBy: existing?.madeBy ?? token });
  return { physicalId: arn, attributes: { PolicyArn: arn } };
}

function writeInstanceProfile(context: Context, tables: IamTables, request: NamedRequest): ResourceResult {
  const { properties, name, token } = request;
  const existing = tables.profiles.get(name);
  refuseTaken('AWS::IAM::InstanceProfile', 'InstanceProfileName', existing, request);
  const arn = iamArn(context, `instance-profile${pathOf(properties)}${name}`);
  tables.profiles.put(name, {
    name,
    arn,
    roles: checkRoles(tables, texts(properties.Roles)),
    madeBy: existing?.madeBy ?? token,
  });
  return { physicalId: name, attributes: { Arn: arn } };
}

/** AWS's sentence for a name that something else has already. */
function refuseTaken(
  type: string,
  property: string,
  existing: { madeBy: string } | undefined,
  request: NamedRequest,
): void {
  if (!existing || request.physicalId !== undefined || existing.madeBy === request.token) return;
  throw new Error(
    `Resource of type '${type}' with identifier '{"/properties/${property}":"${request.name}"}' already exists.`,
  );
}

function checkRoles(tables: IamTables, roles: string[]): string[] {
  const unknown = roles.find(name => !tables.roles.get(name));
  if (unknown) throw new Error(`NoSuchEntity: The role with name ${unknown} cannot be found.`);
  return roles;
}

function namedPolicy({ PolicyName: name, PolicyDocument: document }: Properties): NamedPolicy {
  return { name: String(name), statements: statementsOf(document, `policy ${String(name)}`) };
}

function iamArn({ account }: Context, resource: string): string {
  return `arn:aws:iam::${account}:${resource}`;
}

function pathOf({ Path: path }: Properties): string {
  return typeof path === 'string' ? path : '/';
}

function serviceRole({ AWSServiceName: service }: Properties): string {
  return `AWSServiceRoleFor${String(service).split('.')[0]}`;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): string[] {
  return list(value).filter(each => typeof each === 'string');
}
