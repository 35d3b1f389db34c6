import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Context } from '../../core/context.ts';
import { openTestContext } from '../../core/test-context.ts';
import { openTestWire, type TestWire } from '../../wire/test-wire.ts';
import { createSts } from './index.ts';

const ROLE = 'arn:aws:iam::123456789012:role/deploy';
let context: Context;
let wire: TestWire;
const sessions = new Map<string, { roleArn: string; name: string }>();

beforeEach(async () => {
  context = openTestContext();
  const sts = createSts(context, {
    credentials: (roleArn, name) => {
      sessions.set('ASIASESSION', { roleArn, name });
      return { AWS_ACCESS_KEY_ID: 'ASIASESSION', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' };
    },
    session: accessKeyId => sessions.get(accessKeyId),
    role: arn => (arn === ROLE ? { name: 'deploy', id: 'AROAX' } : undefined),
  });
  wire = await openTestWire({ apis: [sts.api] });
});
afterEach(async () => {
  await wire.close();
  context.store.close();
});

const client = (accessKeyId = 'AKIATEST') =>
  new STSClient({ ...wire.clientConfig, credentials: { accessKeyId, secretAccessKey: 'x' } });
const assume = (RoleArn: string) =>
  client().send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'check' }));

test('an assumed role is who calls with its credentials', async () => {
  expect(await client().send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:root',
  });
  const { Credentials, AssumedRoleUser } = await assume(ROLE);
  expect(Credentials?.Expiration).toEqual(new Date(context.clock.now() + 3_600_000));
  expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::123456789012:assumed-role/deploy/check');
  expect(await client(Credentials?.AccessKeyId).send(new GetCallerIdentityCommand({}))).toMatchObject({
    UserId: 'AROAX:check',
    Arn: AssumedRoleUser?.Arn,
  });
});

test('a role that is not there cannot be assumed', async () => {
  await expect(assume('arn:aws:iam::123456789012:role/nobody')).rejects.toMatchObject({
    name: 'AccessDenied',
    message:
      'User: arn:aws:iam::123456789012:root is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/nobody',
  });
});
