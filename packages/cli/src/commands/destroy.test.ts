import { join } from 'node:path';
import {
  CloudFormationClient,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { CodeCommitClient, ListRepositoriesCommand } from '@aws-sdk/client-codecommit';
import { DynamoDBClient, ListTablesCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient, ListTaskDefinitionsCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { engineAsAws } from '../aws/engine-as-aws.ts';
import { pushHead } from '../checkout.ts';
import { stackNames } from '../stack.ts';
import { gatedPipeline, openScene, type Scene, tooling } from '../test-scene.ts';
import type { World } from '../world.ts';
import { type DestroyOptions, destroy } from './destroy.ts';

let scene: Scene;
let aws: Disposable;

const retained = (Type: string, Properties: object) => ({ Type, Properties, DeletionPolicy: 'Retain' });
const log = (name: string) => ({ Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: name } } });
const table = (name: string, more: object = {}) =>
  retained('AWS::DynamoDB::Table', {
    TableName: name,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    ...more,
  });

const protectedBalancer = {
  Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  Properties: {
    ...{ Name: 'slipway-staging', Scheme: 'internal' },
    LoadBalancerAttributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }],
  },
};
const role = (RoleName: string) => {
  const Principal = { Service: 'cloudformation.amazonaws.com' };
  const AssumeRolePolicyDocument = { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] };
  return { Type: 'AWS::IAM::Role', Properties: { RoleName, AssumeRolePolicyDocument } };
};

/** As a pipeline updates a stack: with a role, which the stack remembers. */
async function updateWith(roleName: string, StackName: string): Promise<void> {
  const RoleARN = `arn:aws:iam::123456789012:role/${roleName}`;
  const Tags = [{ Key: 'team', Value: 'press' }];
  const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
  await new CloudFormationClient().send(
    new UpdateStackCommand({ StackName, UsePreviousTemplate: true, RoleARN, Tags, Capabilities }),
  );
  await waitUntilStackUpdateComplete(
    { client: new CloudFormationClient(), minDelay: 0.05, maxDelay: 0.05, maxWaitTime: 20 },
    { StackName },
  );
}

beforeAll(async () => {
  scene = await openScene();
  aws = engineAsAws(scene);
  scene.write('packages/news/service.yaml', 'name: news\nteam: press\npath: /news\n');
  scene.git('add', '--all');
  scene.git('commit', '--quiet', '--message', 'A service');
  const { Repository, Artifacts } = tooling;
  await scene.deploy('slipway-repository', { Repository: { ...Repository, DeletionPolicy: 'Retain' } });
  await scene.deploy('slipway-tooling', {
    Artifacts: { ...Artifacts, DeletionPolicy: 'Retain' },
    Role: role('slipway-platform-cloudformation'),
  });
  await pushHead(scene.root, join(scene.state, 'git', 'slipway.git'), 'main');
  for (const [name, resources] of Object.entries({
    'platform-pipeline': gatedPipeline('slipway-platform'),
    'news-pipeline': { ...gatedPipeline('slipway-news'), Role: role('slipway-news-cloudformation') },
    'news-images': { Images: retained('AWS::ECR::Repository', { RepositoryName: 'slipway/news' }) },
    'network-staging': log('/network'),
    'cluster-staging': { ...log('/cluster'), Balancer: protectedBalancer },
    definition: log('/definition'),
    'news-staging': log('/slipway/staging/news'),
    'news-data-staging': { Table: table('slipway-news-staging-articles') },
    'news-data-production': {
      Table: table('slipway-news-production-articles', { DeletionProtectionEnabled: true }),
      Secret: retained('AWS::SecretsManager::Secret', {
        Name: 'slipway/production/news/signing',
        GenerateSecretString: { PasswordLength: 48 },
      }),
      Bucket: retained('AWS::S3::Bucket', { BucketName: 'slipway-news-production-pictures' }),
    },
    elsewhere: log('/elsewhere'),
  }))
    await scene.deploy(`slipway-${name}`, resources);
  await updateWith('slipway-platform-cloudformation', 'slipway-tooling');
  await updateWith('slipway-news-cloudformation', 'slipway-news-data-staging');
  const s3 = new S3Client({ forcePathStyle: true });
  for (const Key of ['a/1', 'a/2'])
    for (const Bucket of ['artifacts', 'slipway-news-production-pictures'])
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  const containerDefinitions = [{ name: 'news', image: 'any', essential: true }];
  await new ECSClient().send(
    new RegisterTaskDefinitionCommand({ family: 'slipway-news-staging', containerDefinitions }),
  );
}, 60_000);

afterAll(async () => {
  aws?.[Symbol.dispose]();
  await scene?.[Symbol.asyncDispose]();
}, 30_000);

function run(more: Partial<DestroyOptions> = {}, part: Partial<World> = {}) {
  const world = scene.world({ env: process.env, ...part });
  return { code: destroy(world, { data: false, profile: [], ...more }), said: world.said };
}
const stacks = async () => (await stackNames({ region: scene.target.region! }, 'slipway-')).sort();
const roles = async () =>
  (await new IAMClient().send(new ListRolesCommand({}))).Roles?.map(({ RoleName }) => RoleName);
const secrets = async () => {
  const answer = await fetch(scene.target.endpoint!, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.ListSecrets',
      authorization: 'AWS4-HMAC-SHA256 Credential=A/20260101/ap-northeast-1/secretsmanager/aws4_request, x',
    },
    body: '{}',
  });
  return ((await answer.json()) as { SecretList: { Name: string }[] }).SecretList.map(({ Name }) => Name);
};
const tables = async () => (await new DynamoDBClient().send(new ListTablesCommand())).TableNames;
const buckets = async () =>
  (await new S3Client({ forcePathStyle: true }).send(new ListBucketsCommand())).Buckets?.map(
    ({ Name }) => Name,
  );
const repositories = async () =>
  (await new CodeCommitClient().send(new ListRepositoriesCommand())).repositories?.length;

/** Each step goes on where the one before ended. */
describe('slipway destroy', () => {
  test('asks for the name, and touches nothing without it', async () => {
    const before = await stacks();
    const { code, said } = run({}, { ask: async () => 'no' });
    expect(await code).toBe(1);
    expect(said).toContain('Nothing was removed.');
    expect(said.join('\n')).toMatch(/stack {7}slipway-news-staging/);
    expect(await run({ yes: 'another' }).code).toBe(1);
    await expect(run().code).rejects.toThrow('--yes slipway');
    expect(await stacks()).toEqual(before);
  }, 30_000);

  test('refuses, with nothing touched, while a stack is protected against deletion', async () => {
    const protect = (EnableTerminationProtection: boolean) =>
      new CloudFormationClient().send(
        new UpdateTerminationProtectionCommand({
          ...{ StackName: 'slipway-cluster-staging', EnableTerminationProtection },
        }),
      );
    await protect(true);
    await expect(run({ yes: 'slipway' }).code).rejects.toThrow('Nothing was touched');
    await protect(false);
    expect(await stacks()).toContain('slipway-platform-pipeline');
  }, 30_000);

  test('goes on after it was interrupted', async () => {
    const leave = new AbortController();
    const { code, said } = run(
      { yes: 'slipway' },
      {
        interruption: () => leave.signal,
        now: () => {
          if (said.some(line => line.includes('slipway-platform-pipeline is deleted'))) leave.abort();
          return 0;
        },
      },
    );
    expect(await code).toBe(130);
    expect(await stacks()).not.toContain('slipway-platform-pipeline');
    expect(await stacks()).toContain('slipway-tooling');
  }, 60_000);

  test('removes everything but data and strangers, in order, images and artifacts included, and says what is left', async () => {
    const { code, said } = run({ yes: 'slipway' });
    expect(await code).toBe(0);
    const deleted = said.flatMap(line => /✓ (slipway-\S+) is deleted/.exec(line)?.[1] ?? []);
    expect(deleted).toEqual([
      ...['slipway-news-staging', 'slipway-news-pipeline', 'slipway-news-images', 'slipway-cluster-staging'],
      ...['slipway-network-staging', 'slipway-definition', 'slipway-tooling'],
    ]);
    expect(await stacks()).toEqual([
      ...['slipway-elsewhere', 'slipway-news-data-production', 'slipway-news-data-staging'],
      'slipway-repository',
    ]);
    expect(await buckets()).toEqual(['slipway-news-production-pictures']);
    expect(said.join('\n')).toMatch(
      /balancer {4}slipway-staging .* its protection against deletion is taken off first/,
    );
    const ecr = await new ECRClient().send(new DescribeRepositoriesCommand({}));
    expect(ecr.repositories?.map(each => each.repositoryName)).not.toContain('slipway/news');
    const versions = await new ECSClient().send(new ListTaskDefinitionsCommand({ status: 'ACTIVE' }));
    expect(versions.taskDefinitionArns).toEqual([]);
    expect([await repositories(), (await tables())?.length]).toEqual([1, 2]);
    const left = said.slice(said.indexOf('What is left:')).join('\n');
    expect(said.join('\n')).toContain('the role slipway-destroy is made for CloudFormation to finish with');
    expect(await roles()).toEqual([]);
    expect(await secrets()).toEqual(['slipway/production/news/signing']);
    for (const name of [
      'repository slipway',
      'secret slipway/production/news/signing',
      'slipway-news-staging-articles',
      'slipway-elsewhere',
    ])
      expect(left).toContain(name);
  }, 60_000);

  test('removes data after another confirmation, but for tables that are protected', async () => {
    const answers = ['slipway', 'no'];
    expect(await run({ data: true }, { ask: async () => answers.shift() }).code).toBe(1);
    expect((await tables())?.length).toBe(2);

    const { code, said } = run({ data: true, yes: 'slipway', yesData: 'slipway' });
    expect(await code).toBe(0);
    expect(await tables()).toEqual(['slipway-news-production-articles']);
    expect(await buckets()).toEqual(['slipway-news-production-pictures']);
    expect(said.join('\n')).toContain('the role slipway-destroy is made');
    expect(await roles()).toEqual([]);
    expect(await stacks()).toEqual(['slipway-elsewhere', 'slipway-news-data-production']);
    expect(said.join('\n')).toContain(
      'slipway-news-production-articles  (deletion protection is on: aws dynamodb',
    );
  }, 60_000);

  test('finds nothing more to do, once the protection is off and the rest is gone', async () => {
    await new DynamoDBClient().send(
      new UpdateTableCommand({
        TableName: 'slipway-news-production-articles',
        DeletionProtectionEnabled: false,
      }),
    );
    expect(await run({ data: true, yes: 'slipway', yesData: 'slipway' }).code).toBe(0);
    expect([await tables(), await buckets(), await stacks()]).toEqual([[], [], ['slipway-elsewhere']]);
    expect([await repositories(), await secrets()]).toEqual([0, []]);
    const { code, said } = run({ yes: 'slipway' });
    expect([await code, said]).toEqual([0, expect.arrayContaining(['Nothing is left of it to delete.'])]);
  }, 60_000);
});
