import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListExportsCommand,
  ListImportsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openTestWire, type TestWire } from '../../wire/test-wire.ts';
import { parseS3Url } from './api.ts';
import { openScene, type Scene, things } from './test-scene.ts';

let scene: Scene;
let wire: TestWire;
let client: CloudFormationClient;
const objects = new Map<string, string>();

beforeEach(async () => {
  scene = openScene({}, async (bucket, key) => objects.get(`${bucket}/${key}`) ?? '');
  wire = await openTestWire({ apis: [scene.cloudformation.api] });
  client = new CloudFormationClient(wire.clientConfig);
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  await scene.close();
});

const body = (resources: Record<string, object>, more: object = {}) =>
  JSON.stringify(things(resources, more));
const create = async (StackName: string, TemplateBody: string, more: object = {}) => {
  const answer = await client.send(new CreateStackCommand({ StackName, TemplateBody, ...more }));
  await scene.settled();
  return answer;
};
const status = async (StackName: string) => {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  return Stacks?.[0]?.StackStatus;
};

describe('the API answers the real client', () => {
  test('from creation to deletion', async () => {
    const template = body(
      { A: { Size: { Ref: 'Size' } } },
      {
        Description: 'One thing',
        Parameters: { Size: { Type: 'Number', Default: 1 }, Key: { Type: 'String', NoEcho: true } },
        Outputs: { Arn: { Value: { 'Fn::GetAtt': 'A.Arn' }, Export: { Name: 'web-arn' } } },
      },
    );
    const { StackId } = await create('web', template, {
      Parameters: [{ ParameterKey: 'Key', ParameterValue: 'hidden' }],
      Tags: [{ Key: 'team', Value: 'web' }],
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    });
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: StackId }));
    expect(Stacks?.[0]).toMatchObject({
      StackName: 'web',
      Description: 'One thing',
      StackStatus: 'CREATE_COMPLETE',
      CreationTime: new Date(scene.clock.now()),
      Parameters: [
        { ParameterKey: 'Size', ParameterValue: '1' },
        { ParameterKey: 'Key', ParameterValue: '****' },
      ],
      Outputs: [{ OutputKey: 'Arn', OutputValue: 'arn:A-1', ExportName: 'web-arn' }],
      Tags: [{ Key: 'team', Value: 'web' }],
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    });
    expect((await client.send(new GetTemplateCommand({ StackName: 'web' }))).TemplateBody).toBe(template);
    expect((await client.send(new ListExportsCommand({}))).Exports).toEqual([
      { ExportingStackId: StackId, Name: 'web-arn', Value: 'arn:A-1' },
    ]);

    await client.send(
      new UpdateStackCommand({
        StackName: 'web',
        UsePreviousTemplate: true,
        Parameters: [
          { ParameterKey: 'Size', ParameterValue: '2' },
          { ParameterKey: 'Key', UsePreviousValue: true },
        ],
      }),
    );
    await scene.settled();
    expect(await status('web')).toBe('UPDATE_COMPLETE');
    expect(scene.things.calls[1]).toMatchObject({ did: 'update', properties: { Size: '2' } });

    await client.send(new DeleteStackCommand({ StackName: 'web' }));
    await scene.settled();
    await expect(status('web')).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id web does not exist',
    });
    expect(await status(StackId ?? '')).toBe('DELETE_COMPLETE');
    const { StackSummaries } = await client.send(
      new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }),
    );
    expect(StackSummaries).toMatchObject([{ StackName: 'web', DeletionTime: expect.any(Date) }]);
  });

  test('nothing to update is AWS sentence', async () => {
    await create('web', body({ A: {} }));
    const update = new UpdateStackCommand({ StackName: 'web', TemplateBody: body({ A: {} }) });
    await expect(client.send(update)).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'No updates are to be performed.',
    });
  });

  test('a stack that is there is not created again, unless by the same token', async () => {
    const first = await create('web', body({ A: {} }), { ClientRequestToken: 'one' });
    expect(await create('web', body({ A: {} }), { ClientRequestToken: 'one' })).toMatchObject({
      StackId: first.StackId,
    });
    await expect(create('web', body({ A: {} }))).rejects.toMatchObject({ name: 'AlreadyExistsException' });
  });

  test('resources and events are told, newest event first', async () => {
    await create('web', body({ A: {}, B: { Fail: 'no', On: { Ref: 'A' } } }), { OnFailure: 'DO_NOTHING' });
    expect(await status('web')).toBe('CREATE_FAILED');
    const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: 'web' }));
    expect(StackResources).toMatchObject([
      { LogicalResourceId: 'A', PhysicalResourceId: 'A-1', ResourceStatus: 'CREATE_COMPLETE' },
      { LogicalResourceId: 'B', ResourceStatus: 'CREATE_FAILED', ResourceStatusReason: 'no' },
    ]);
    const { StackResourceSummaries } = await client.send(new ListStackResourcesCommand({ StackName: 'web' }));
    expect(StackResourceSummaries).toHaveLength(2);
    const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName: 'web' }));
    expect(StackEvents?.[0]).toMatchObject({
      ResourceType: 'AWS::CloudFormation::Stack',
      ResourceStatus: 'CREATE_FAILED',
    });
    expect(StackEvents?.[1]).toMatchObject({ LogicalResourceId: 'B', ResourceStatusReason: 'no' });
    expect(new Set(StackEvents?.map(each => each.EventId)).size).toBe(StackEvents?.length);
  });

  test('events come in pages', async () => {
    await create(
      'web',
      body(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`R${index}`, {}]))),
    );
    const first = await client.send(new DescribeStackEventsCommand({ StackName: 'web' }));
    const second = await client.send(
      new DescribeStackEventsCommand({ StackName: 'web', NextToken: first.NextToken }),
    );
    expect([first.StackEvents?.length, second.StackEvents?.length]).toEqual([100, 22]);
  });

  test('who imports an export', async () => {
    await create('base', body({ A: {} }, { Outputs: { O: { Value: 'v', Export: { Name: 'base-o' } } } }));
    await expect(client.send(new ListImportsCommand({ ExportName: 'base-o' }))).rejects.toThrow(
      "Export 'base-o' is not imported by any stack.",
    );
    await create('web', body({ B: { V: { 'Fn::ImportValue': 'base-o' } } }));
    expect((await client.send(new ListImportsCommand({ ExportName: 'base-o' }))).Imports).toEqual(['web']);
  });

  test('a protected stack is not deleted', async () => {
    await create('web', body({ A: {} }), { EnableTerminationProtection: true });
    await expect(client.send(new DeleteStackCommand({ StackName: 'web' }))).rejects.toThrow(
      'Stack [web] cannot be deleted while TerminationProtection is enabled',
    );
    await client.send(
      new UpdateTerminationProtectionCommand({ StackName: 'web', EnableTerminationProtection: false }),
    );
    await client.send(new DeleteStackCommand({ StackName: 'web' }));
  });

  test('what cannot be deleted can be given up', async () => {
    await create('web', body({ A: { FailDelete: 'no' }, B: {} }));
    await client.send(new DeleteStackCommand({ StackName: 'web' }));
    await scene.settled();
    expect(await status('web')).toBe('DELETE_FAILED');
    await client.send(new DeleteStackCommand({ StackName: 'web', RetainResources: ['A'] }));
    await scene.settled();
    await expect(status('web')).rejects.toThrow('does not exist');
  });

  test('a template is validated without a stack', async () => {
    const template = JSON.stringify({
      Description: 'roles',
      Parameters: { P: { Type: 'String', Default: 'd' } },
      Resources: { R: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'x' } } },
    });
    expect(await client.send(new ValidateTemplateCommand({ TemplateBody: template }))).toMatchObject({
      Description: 'roles',
      Parameters: [{ ParameterKey: 'P', DefaultValue: 'd', NoEcho: false }],
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      CapabilitiesReason: 'The following resource(s) require capabilities: [AWS::IAM::Role]',
    });
    await expect(client.send(new ValidateTemplateCommand({ TemplateBody: '{' }))).rejects.toThrow(
      'JSON not well-formed',
    );
  });

  test('a template may lie in S3', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'template-'));
    const file = join(directory, 'web.json');
    writeFileSync(file, body({ A: {} }));
    objects.set('slipway-artifacts/templates/web.json', file);
    const TemplateURL = 'https://slipway-artifacts.s3.ap-northeast-1.amazonaws.com/templates/web.json';
    await client.send(new CreateStackCommand({ StackName: 'web', TemplateURL }));
    await scene.settled();
    expect(await status('web')).toBe('CREATE_COMPLETE');
    rmSync(directory, { recursive: true });
  });
});

test.each([
  ['https://b.s3.amazonaws.com/a/b.json', { bucket: 'b', key: 'a/b.json' }],
  ['https://my.bucket.s3.eu-west-1.amazonaws.com/k', { bucket: 'my.bucket', key: 'k' }],
  ['https://s3.eu-west-1.amazonaws.com/b/a/k', { bucket: 'b', key: 'a/k' }],
  ['http://127.0.0.1:4566/b/k%20x', { bucket: 'b', key: 'k x' }],
])('%s names bucket and key', (url, expected) => {
  expect(parseS3Url(url)).toEqual(expected);
});

test.each(['not a url', 'https://s3.amazonaws.com/only-bucket', 'https://s3.amazonaws.com/b/%E0%A4%A'])(
  '%s is no address of a template',
  url => {
    expect(() => parseS3Url(url)).toThrow('TemplateURL must be a supported URL.');
  },
);
