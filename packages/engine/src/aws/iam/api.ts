import type { Api } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import { statementsOf } from './policy-document.ts';
import { checkTrust } from './resources.ts';
import type { IamTables, RoleRow } from './role.ts';

type Input = Record<string, unknown>;

/**
 * Roles as an operator looks at them, and makes and removes one.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
export function createApi(context: Context, tables: IamTables): Api {
  const require = (input: Input): RoleRow => {
    const name = text(input, 'RoleName', /^[\w+=,.@-]{1,64}$/);
    const row = tables.roles.get(name);
    if (!row) throw new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
    return row;
  };
  const keep = (row: RoleRow): object => {
    context.store.transaction(() => tables.roles.put(row.name, row));
    return {};
  };
  return {
    service: 'iam',
    protocol: 'query',
    xmlns: 'https://iam.amazonaws.com/doc/2010-05-08/',
    operations: {
      GetRole: (input: Input) => ({ Role: show(require(input)) }),
      ListRoles: () => ({ Roles: tables.roles.values().map(show), IsTruncated: false }),
      CreateRole: (input: Input) => {
        const row = readRole(input, context);
        if (tables.roles.get(row.name))
          throw new AwsError('EntityAlreadyExists', `Role with name ${row.name} already exists.`, 409);
        asMalformed(() => checkTrust(context, tables, row));
        keep(row);
        return { Role: show(row) };
      },
      DeleteRole: (input: Input) => {
        const { name, managed, inline } = require(input);
        const attached = [...tables.policies.values(), ...tables.managed.values()];
        if (managed.length + inline.length > 0 || attached.some(({ roles }) => roles.includes(name)))
          throw new AwsError('DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409);
        context.store.transaction(() => tables.roles.delete(name));
        return {};
      },
      AttachRolePolicy: (input: Input) => {
        const [row, policy] = [require(input), policyArn(input)];
        const isOfAws = /^arn:aws[a-z-]*:iam::aws:policy\//.test(policy);
        if (!isOfAws && !tables.managed.get(policy))
          throw new AwsError('NoSuchEntity', `Policy ${policy} does not exist or is not attachable.`, 404);
        return row.managed.includes(policy) ? {} : keep({ ...row, managed: [...row.managed, policy] });
      },
      DetachRolePolicy: (input: Input) => {
        const [row, policy] = [require(input), policyArn(input)];
        if (!row.managed.includes(policy))
          throw new AwsError('NoSuchEntity', `Policy ${policy} was not found.`, 404);
        return keep({ ...row, managed: row.managed.filter(each => each !== policy) });
      },
    },
  };
}

function readRole(input: Input, { account, ids }: Context): RoleRow {
  const name = text(input, 'RoleName', /^[\w+=,.@-]{1,64}$/);
  const path = input.Path === undefined ? '/' : text(input, 'Path', /^\/([!-~]{0,510}\/)?$/);
  const document = text(input, 'AssumeRolePolicyDocument', /^[\s\S]{1,131072}$/);
  const trust = asMalformed(() => statementsOf(JSON.parse(document), 'AssumeRolePolicyDocument'));
  return {
    ...{ name, trust, inline: [], managed: [], madeBy: 'api' },
    arn: `arn:aws:iam::${account}:role${path}${name}`,
    id: `AROA${ids.hex(17).toUpperCase()}`,
    ...(typeof input.Description === 'string' && { description: input.Description.slice(0, 1000) }),
    ...(typeof input.PermissionsBoundary === 'string' && { permissionsBoundary: input.PermissionsBoundary }),
  };
}

function show({ name, arn, id, trust, description, permissionsBoundary: boundary }: RoleRow): object {
  const path = arn.slice(arn.indexOf(':role/') + ':role'.length, -name.length);
  const document = JSON.stringify({ Version: '2012-10-17', Statement: trust });
  return {
    ...{ Path: path, RoleName: name, RoleId: id, Arn: arn },
    AssumeRolePolicyDocument: encodeURIComponent(document),
    Description: description,
    // When a role was made is not kept.
    CreateDate: new Date(0),
    PermissionsBoundary: boundary && {
      PermissionsBoundaryType: 'Policy',
      PermissionsBoundaryArn: boundary,
    },
  };
}

function policyArn(input: Input): string {
  return text(input, 'PolicyArn', /^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]{1,512}$/);
}

function text(input: Input, member: string, pattern: RegExp): string {
  const value = input[member];
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw new AwsError('ValidationError', `1 validation error detected: Value at '${member}' is not valid`);
}

/** What is wrong with a policy document is told without its name in front, which is the error's code. */
function asMalformed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const message = String(error instanceof Error ? error.message : error);
    throw new AwsError('MalformedPolicyDocument', message.replace(/^MalformedPolicyDocument: /, ''));
  }
}
