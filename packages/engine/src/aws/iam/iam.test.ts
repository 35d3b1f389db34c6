import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from '../../core/context.ts';
import { openTestContext } from '../../core/test-context.ts';
import { createIam, type Iam } from './index.ts';

let context: Context;
let iam: Iam;
beforeEach(() => {
  context = openTestContext();
  iam = createIam(context);
});
afterEach(() => context.store.close());

const stack = {
  name: 'slipway-news-staging',
  id: 'arn:stack',
  region: 'ap-northeast-1',
  account: '123456789012',
  tags: {},
};
const trusting = (principal: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal }],
});
const document = (action: string) => ({ Statement: { Effect: 'Allow', Action: action, Resource: '*' } });
const tasks = trusting({ Service: 'ecs-tasks.amazonaws.com' });
let count = 0;
const request = (type: string, properties: object, logicalId = 'Role') => ({
  stack,
  logicalId,
  type: `AWS::IAM::${type}`,
  properties: properties as Record<string, unknown>,
  token: `token-${++count}`,
});
const create = (type: string, properties: object, logicalId?: string) =>
  iam.resources[`AWS::IAM::${type}`]!.create(request(type, properties, logicalId));

describe('a role', () => {
  test('is found by name and ARN with its trust and every policy on it', async () => {
    const made = await create('Role', {
      RoleName: 'task',
      AssumeRolePolicyDocument: tasks,
      Policies: [{ PolicyName: 'own', PolicyDocument: document('dynamodb:GetItem') }],
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    });
    expect(made).toEqual({
      physicalId: 'task',
      attributes: { Arn: 'arn:aws:iam::123456789012:role/task', RoleId: expect.stringMatching(/^AROA/) },
    });
    await create('Policy', { PolicyName: 'more', Roles: ['task'], PolicyDocument: document('s3:GetObject') });
    await create('ManagedPolicy', {
      ManagedPolicyName: 'shared',
      Roles: ['task'],
      PolicyDocument: document('logs:*'),
    });
    const role = iam.role('arn:aws:iam::123456789012:role/task');
    expect(role).toEqual(iam.role('task'));
    expect(role?.trust).toEqual(tasks.Statement);
    expect(role?.policies.map(each => [each.name, each.statements[0]?.Action])).toEqual([
      ['own', 'dynamodb:GetItem'],
      ['more', 's3:GetObject'],
      ['shared', 'logs:*'],
    ]);
    expect(role?.awsPolicies).toEqual(['arn:aws:iam::aws:policy/ReadOnlyAccess']);
    expect(iam.role('arn:aws:iam::999999999999:role/task')).toBeUndefined();
  });

  test('without a name gets one of its stack and logical id', async () => {
    const { physicalId } = await create('Role', { AssumeRolePolicyDocument: tasks }, 'TaskRole');
    expect(physicalId).toMatch(/^slipway-news-staging-TaskRole-[0-9A-F]{12}$/);
  });

  test('has its name alone', async () => {
    const first = request('Role', { RoleName: 'task', AssumeRolePolicyDocument: tasks });
    const handler = iam.resources['AWS::IAM::Role']!;
    expect(await handler.create(first)).toEqual(await handler.create(first));
    await expect(create('Role', { RoleName: 'task', AssumeRolePolicyDocument: tasks })).rejects.toThrow(
      'Resource of type \'AWS::IAM::Role\' with identifier \'{"/properties/RoleName":"task"}\' already exists.',
    );
  });

  test('changes in place, and is replaced under another name', async () => {
    const handler = iam.resources['AWS::IAM::Role']!;
    const first = request('Role', { RoleName: 'task', AssumeRolePolicyDocument: tasks });
    const { attributes } = await handler.create(first);
    const change = { ...first, physicalId: 'task', previous: first.properties, token: 'change' };
    const Policies = [{ PolicyName: 'own', PolicyDocument: document('a:b') }];
    expect(await handler.update({ ...change, properties: { ...first.properties, Policies } })).toEqual({
      physicalId: 'task',
      attributes,
    });
    expect(iam.role('task')?.policies).toHaveLength(1);
    const renamed = await handler.update({
      ...change,
      properties: { ...first.properties, RoleName: 'other' },
    });
    expect(renamed.physicalId).toBe('other');
    await handler.delete({ ...change, physicalId: 'task' });
    expect([iam.role('task'), iam.role('other')?.name]).toEqual([undefined, 'other']);
  });

  test('cannot be trusted to a role of this account that is not there', async () => {
    const role = 'arn:aws:iam::123456789012:role/pipeline';
    const properties = { RoleName: 'action', AssumeRolePolicyDocument: trusting({ AWS: role }) };
    await expect(create('Role', properties)).rejects.toThrow(
      `MalformedPolicyDocument: Invalid principal in policy: "AWS":"${role}"`,
    );
    await create('Role', { RoleName: 'pipeline', AssumeRolePolicyDocument: tasks });
    await create('Role', properties);
  });

  test.each([
    [{ RoleName: 'x'.repeat(65), AssumeRolePolicyDocument: tasks }, 'is no RoleName'],
    [{ RoleName: 'a/b', AssumeRolePolicyDocument: tasks }, 'is no RoleName'],
    [{ RoleName: 'a' }, 'MalformedPolicyDocument: AssumeRolePolicyDocument: it is no object'],
    [
      { RoleName: 'a', AssumeRolePolicyDocument: { Statement: [{ Effect: 'Maybe' }] } },
      'must be Allow or Deny',
    ],
  ])('%j is refused', async (properties, sentence) => {
    await expect(create('Role', properties)).rejects.toThrow(sentence);
  });
});

test('a policy needs its role', async () => {
  const properties = { PolicyName: 'p', Roles: ['nobody'], PolicyDocument: document('a:b') };
  await expect(create('Policy', properties)).rejects.toThrow('The role with name nobody cannot be found.');
});

test('an instance profile names its role', async () => {
  await create('Role', { RoleName: 'host', AssumeRolePolicyDocument: tasks });
  expect(await create('InstanceProfile', { InstanceProfileName: 'host', Roles: ['host'] })).toEqual({
    physicalId: 'host',
    attributes: { Arn: 'arn:aws:iam::123456789012:instance-profile/host' },
  });
});

describe('the API', () => {
  const call = (operation: string, input: object = {}) =>
    iam.api.operations[operation]!(input, { region: 'us-east-1', account: '123456789012', accessKeyId: 'A' });
  const CLOUDFORMATION = trusting({ Service: 'cloudformation.amazonaws.com' });
  const AssumeRolePolicyDocument = JSON.stringify(CLOUDFORMATION);
  const RoleName = 'slipway-destroy';
  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
  const code = (operation: string, input: object) => {
    try {
      return call(operation, input);
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  test('makes a role, hangs a policy of AWS on it, and lets it go only without', () => {
    const made = call('CreateRole', { RoleName, AssumeRolePolicyDocument }) as { Role: { Arn: string } };
    expect(made.Role.Arn).toBe('arn:aws:iam::123456789012:role/slipway-destroy');
    expect(iam.role(made.Role.Arn)?.trust).toEqual(CLOUDFORMATION.Statement);
    expect(code('CreateRole', { RoleName, AssumeRolePolicyDocument })).toBe('EntityAlreadyExists');
    call('AttachRolePolicy', { RoleName, PolicyArn });
    call('AttachRolePolicy', { RoleName, PolicyArn });
    expect(iam.role(RoleName)?.awsPolicies).toEqual([PolicyArn]);
    expect(code('DeleteRole', { RoleName })).toBe('DeleteConflict');
    call('DetachRolePolicy', { RoleName, PolicyArn });
    call('DeleteRole', { RoleName });
    expect(code('GetRole', { RoleName })).toBe('NoSuchEntity');
  });

  test('shows the roles that templates made', async () => {
    await create('Role', { RoleName: 'task', Path: '/team/', AssumeRolePolicyDocument: tasks });
    const { Roles } = call('ListRoles') as { Roles: { Path: string; AssumeRolePolicyDocument: string }[] };
    expect(Roles).toEqual([expect.objectContaining({ RoleName: 'task', Path: '/team/' })]);
    expect(JSON.parse(decodeURIComponent(Roles[0]!.AssumeRolePolicyDocument))).toEqual(tasks);
    expect(call('GetRole', { RoleName: 'task' })).toEqual({ Role: Roles[0] });
  });

  test('refuses what AWS refuses', async () => {
    const strange = JSON.stringify(trusting({ AWS: 'arn:aws:iam::123456789012:role/nobody' }));
    expect(code('CreateRole', { RoleName, AssumeRolePolicyDocument: strange })).toBe(
      'MalformedPolicyDocument',
    );
    expect(code('CreateRole', { RoleName, AssumeRolePolicyDocument: '{' })).toBe('MalformedPolicyDocument');
    expect(code('CreateRole', { RoleName: '../x', AssumeRolePolicyDocument })).toBe('ValidationError');
    expect(code('GetRole', {})).toBe('ValidationError');
    await create('Role', { RoleName: 'task', AssumeRolePolicyDocument: tasks });
    expect(
      code('AttachRolePolicy', { RoleName: 'task', PolicyArn: PolicyArn.replace('::aws', '::123456789012') }),
    ).toBe('NoSuchEntity');
    expect(code('DetachRolePolicy', { RoleName: 'task', PolicyArn })).toBe('NoSuchEntity');
  });
});
