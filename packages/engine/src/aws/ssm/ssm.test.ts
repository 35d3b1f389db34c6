import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from '../../core/context.ts';
import { openTestContext } from '../../core/test-context.ts';
import { openTestWire, type TestWire } from '../../wire/test-wire.ts';
import { createSsm, type Ssm } from './index.ts';

let context: Context;
let ssm: Ssm;
let wire: TestWire;
let client: SSMClient;

beforeEach(async () => {
  context = openTestContext();
  ssm = createSsm(context);
  wire = await openTestWire({ apis: [ssm.api] });
  client = new SSMClient(wire.clientConfig);
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  context.store.close();
});

const put = (Name: string, Value: string, more: object = {}) =>
  client.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));
const get = async (Name: string) => (await client.send(new GetParameterCommand({ Name }))).Parameter;

describe('parameters', () => {
  test('each write is a version that can be read again', async () => {
    expect(await put('/slipway/definition', 'one')).toMatchObject({ Version: 1 });
    await expect(put('/slipway/definition', 'two')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect(await put('/slipway/definition', 'two', { Overwrite: true })).toMatchObject({ Version: 2 });
    expect(await get('/slipway/definition')).toMatchObject({
      Name: '/slipway/definition',
      Type: 'String',
      Value: 'two',
      Version: 2,
      ARN: 'arn:aws:ssm:ap-northeast-1:123456789012:parameter/slipway/definition',
      LastModifiedDate: new Date(context.clock.now()),
    });
    expect(await get('/slipway/definition:1')).toMatchObject({ Value: 'one', Selector: ':1' });
    expect(await get('arn:aws:ssm:ap-northeast-1:123456789012:parameter/slipway/definition')).toMatchObject({
      Value: 'two',
    });
    await expect(get('/slipway/definition:9')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
    await expect(get('/nobody')).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });

  test('several are read by name and by path', async () => {
    for (const name of ['/a/one', '/a/two', '/a/b/three', '/c']) await put(name, name);
    const some = await client.send(new GetParametersCommand({ Names: ['/c', '/nobody'] }));
    expect([some.Parameters?.map(each => each.Name), some.InvalidParameters]).toEqual([['/c'], ['/nobody']]);
    const names = async (input: object) =>
      (await client.send(new GetParametersByPathCommand({ Path: '/a', ...input }))).Parameters?.map(
        each => each.Name,
      );
    expect(await names({})).toEqual(['/a/one', '/a/two']);
    expect(await names({ Recursive: true })).toEqual(['/a/b/three', '/a/one', '/a/two']);
    const { NextToken } = await client.send(new GetParametersByPathCommand({ Path: '/a', MaxResults: 1 }));
    expect(await names({ NextToken })).toEqual(['/a/two']);
  });

  test('a deleted one is gone, with an event', async () => {
    await put('/a', '1');
    await client.send(new DeleteParameterCommand({ Name: '/a' }));
    await expect(client.send(new DeleteParameterCommand({ Name: '/a' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    expect(context.store.events.after(0).map(event => event.detail.operation)).toEqual(['Create', 'Delete']);
  });

  test.each([
    ['/aws/x', 'v', 'AccessDeniedException'],
    ['a/b', 'v', 'ValidationException'],
    ['/a//b', 'v', 'ValidationException'],
    ['/a', 'x'.repeat(4097), 'ValidationException'],
  ])('%s is refused', async (name, value, code) => {
    await expect(put(name, value)).rejects.toMatchObject({ name: code });
  });
});

describe('AWS::SSM::Parameter', () => {
  const request = (properties: object, token = 'one') => ({
    stack: { name: 'web', id: 'arn:web', region: 'ap-northeast-1', account: '123456789012', tags: {} },
    logicalId: 'P',
    type: 'AWS::SSM::Parameter',
    properties: { Type: 'String', ...properties },
    token,
  });

  test('makes, changes, renames and deletes a parameter', async () => {
    const handler = ssm.resources['AWS::SSM::Parameter']!;
    const made = await handler.create(request({ Name: '/p', Value: '1' }));
    expect(made).toEqual({ physicalId: '/p', attributes: { Type: 'String', Value: '1' } });
    const change = {
      ...request({ Name: '/p', Value: '2' }, 'two'),
      physicalId: '/p',
      previous: { Name: '/p', Value: '1' },
    };
    await handler.update(change);
    expect(ssm.parameter('/p')).toBe('2');
    expect(ssm.parameter('/p', 1)).toBe('1');
    const renamed = await handler.update({
      ...change,
      properties: { Name: '/q', Value: '2' },
      token: 'three',
    });
    expect(renamed.physicalId).toBe('/q');
    await handler.delete({ ...change, physicalId: '/p' });
    expect(ssm.parameter('/p')).toBeUndefined();
  });

  test('the same token makes it once; another stack may not have the name', async () => {
    const handler = ssm.resources['AWS::SSM::Parameter']!;
    await handler.create(request({ Name: '/p', Value: '1' }));
    await handler.create(request({ Name: '/p', Value: '1' }));
    expect((await get('/p'))?.Version).toBe(1);
    await expect(handler.create(request({ Name: '/p', Value: '1' }, 'other'))).rejects.toThrow(
      '/p already exists',
    );
  });
});
