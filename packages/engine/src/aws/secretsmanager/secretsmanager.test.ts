import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from '../../core/context.ts';
import { openTestContext } from '../../core/test-context.ts';
import { openTestWire, type TestWire } from '../../wire/test-wire.ts';
import { createSecretsManager, type SecretsManager } from './index.ts';
import { randomPassword } from './random-password.ts';

let context: Context;
let secretsmanager: SecretsManager;
let wire: TestWire;
let logged: string[];

beforeEach(async () => {
  logged = [];
  context = { ...openTestContext(), log: line => logged.push(line) };
  secretsmanager = createSecretsManager(context);
  wire = await openTestWire({ apis: [secretsmanager.api] });
});
afterEach(async () => {
  await wire.close();
  context.store.close();
});

/** A call as the AWS SDKs send it: JSON 1.1. */
async function call(operation: string, input: object) {
  const answer = await fetch(wire.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `secretsmanager.${operation}`,
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/ap-northeast-1/secretsmanager/aws4_request, Signature=x',
    },
    body: JSON.stringify(input),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}
const value = async (SecretId: string, more = {}) =>
  (await call('GetSecretValue', { SecretId, ...more })).body.SecretString;

describe('a secret', () => {
  test('is found by name, by ARN, and by its ARN without the characters at the end', async () => {
    const { body } = await call('CreateSecret', { Name: 'slipway/staging/news/token', SecretString: 'one' });
    expect(body.ARN).toMatch(
      /^arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:slipway\/staging\/news\/token-[0-9a-f]{6}$/,
    );
    const arn = String(body.ARN);
    for (const id of ['slipway/staging/news/token', arn, arn.slice(0, -7)])
      expect(await value(id)).toBe('one');
    expect((await call('CreateSecret', { Name: 'slipway/staging/news/token' })).body).toMatchObject({
      __type: 'ResourceExistsException',
    });
  });

  test('keeps the text that it had before', async () => {
    await call('CreateSecret', { Name: 'a', SecretString: 'one' });
    await call('PutSecretValue', { SecretId: 'a', SecretString: 'two' });
    expect(await value('a')).toBe('two');
    expect(await value('a', { VersionStage: 'AWSPREVIOUS' })).toBe('one');
    const { body } = await call('DescribeSecret', { SecretId: 'a' });
    expect(Object.values(body.VersionIdsToStages ?? {})).toEqual([['AWSPREVIOUS'], ['AWSCURRENT']]);
    expect(JSON.stringify(body)).not.toContain('two');
  });

  test('that was deleted is not read, and comes back', async () => {
    await call('CreateSecret', { Name: 'a', SecretString: 'one' });
    await call('DeleteSecret', { SecretId: 'a' });
    expect((await call('GetSecretValue', { SecretId: 'a' })).body).toMatchObject({
      __type: 'InvalidRequestException',
    });
    expect((await call('ListSecrets', {})).body.SecretList).toEqual([]);
    await call('RestoreSecret', { SecretId: 'a' });
    expect(await value('a')).toBe('one');
    await call('DeleteSecret', { SecretId: 'a', ForceDeleteWithoutRecovery: true });
    expect((await call('GetSecretValue', { SecretId: 'a' })).body).toMatchObject({
      __type: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
  });

  test('leaves its text in no log, no event and no error', async () => {
    await call('CreateSecret', { Name: 'a', SecretString: 'hush-hush' });
    await call('CreateSecret', { Name: 'a', SecretString: 'hush-hush' });
    await call('PutSecretValue', { SecretId: 'nobody', SecretString: 'hush-hush' });
    const refused = await call('PutSecretValue', { SecretId: 'a', SecretString: { text: 'hush-hush' } });
    expect(refused.status).toBe(400);
    const told = JSON.stringify([logged, context.store.events.after(0), refused.body]);
    expect(told).not.toContain('hush');
  });
});

describe('AWS::SecretsManager::Secret', () => {
  const stack = { name: 'news', id: 'arn:news', region: 'ap-northeast-1', account: '123456789012', tags: {} };
  const request = (properties: object, token = 'one') => ({
    ...{ stack, logicalId: 'Secret', type: 'AWS::SecretsManager::Secret', token },
    properties: properties as Record<string, unknown>,
  });
  const handler = () => secretsmanager.resources['AWS::SecretsManager::Secret']!;
  const GENERATED = { Name: 'key', GenerateSecretString: { PasswordLength: 48, ExcludePunctuation: true } };

  test('makes a text that nobody gave, once, also when it is made again after a crash', async () => {
    const { physicalId } = await handler().create(request(GENERATED));
    const text = await value(physicalId);
    expect(text).toMatch(/^[A-Za-z0-9]{48}$/);
    await handler().create(request(GENERATED));
    expect(await value(physicalId)).toBe(text);
  });

  test('keeps that text when the template changes', async () => {
    const { physicalId } = await handler().create(request(GENERATED));
    const text = await value(physicalId);
    const properties = { ...GENERATED, Description: 'changed' };
    await handler().update({ ...request(properties, 'two'), physicalId, previous: GENERATED });
    expect(await value(physicalId)).toBe(text);
    await expect(handler().create(request(GENERATED, 'three'))).rejects.toThrow('already exists');
    await handler().delete({ ...request(properties, 'four'), physicalId });
    expect((await call('DescribeSecret', { SecretId: physicalId })).status).toBe(400);
  });

  test('puts the text into a JSON object where a template asks for it', async () => {
    const rules = { SecretStringTemplate: '{"username":"news"}', GenerateStringKey: 'password' };
    const { physicalId } = await handler().create(request({ Name: 'db', GenerateSecretString: rules }));
    expect(JSON.parse(String(await value(physicalId)))).toEqual({
      username: 'news',
      password: expect.stringMatching(/^.{32}$/),
    });
  });
});

test('a password has a character of each kind that is not excluded', () => {
  for (let round = 0; round < 50; round++) {
    const password = randomPassword({ PasswordLength: 4 });
    for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/]) expect(password).toMatch(kind);
    expect(randomPassword({ ExcludeCharacters: 'abc', ExcludePunctuation: 'true' })).not.toMatch(/[abc!]/);
  }
  expect(() => randomPassword({ PasswordLength: 3 })).toThrow('no room');
});
