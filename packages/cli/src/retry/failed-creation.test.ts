import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { statusOf } from '../aws/stack-change.ts';
import { pushHead } from '../checkout.ts';
import { retry } from '../commands/retry.ts';
import { executionsOf } from '../executions.ts';
import { deleteStack } from '../stack-deletion.ts';
import { gatedPipeline, openScene, type Scene, tooling } from '../test-scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
}, 30_000);
afterAll(async () => scene?.[Symbol.asyncDispose](), 30_000);

const role = 'arn:aws:iam::123456789012:role/any';
const anyRole = {
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: 'any',
    AssumeRolePolicyDocument: {
      Statement: [
        {
          ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
          Principal: { Service: 'cloudformation.amazonaws.com' },
        },
      ],
    },
  },
};
const deploy = (name: string) => ({
  ...{ Name: name, RunOrder: 1, RoleArn: role },
  ActionTypeId: { Category: 'Deploy', Provider: 'CloudFormation', Owner: 'AWS', Version: '1' },
  Configuration: {
    ...{ ActionMode: 'CREATE_UPDATE', StackName: `slipway-news-${name}`, RoleArn: role },
    TemplatePath: `Source::${name}.json`,
  },
  InputArtifacts: [{ Name: 'Source' }],
});
const log = (name: string) => ({ Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: name } });
const template = (...logs: object[]) =>
  JSON.stringify({ Resources: Object.fromEntries(logs.map((each, index) => [`Log${index}`, each])) });

/** Both actions fail: the one at a first creation, the other at an update of what is live. */
test('a retry deletes a stack whose first creation failed, and never one that is live', async () => {
  scene.write('packages/news/service.yaml', 'name: news\nteam: press\npath: /news\n');
  scene.write('first.json', template(log('/first'), log('/one')));
  scene.write('live.json', template(log('/live'), log('/two')));
  scene.git('add', '--all');
  scene.git('commit', '--quiet', '--message', 'Two stacks');
  await scene.deploy('slipway-tooling', { ...tooling, Role: anyRole });
  await pushHead(scene.root, join(scene.state, 'git', 'slipway.git'), 'main');
  await scene.deploy('one', { Taken: log('/one') });
  await scene.deploy('two', { Taken: log('/two') });
  await scene.deploy('slipway-news-live', { Log0: log('/live') });
  const { Pipeline } = gatedPipeline('slipway-news') as { Pipeline: { Properties: { Stages: object[] } } };
  Pipeline.Properties.Stages[1] = { Name: 'Staging', Actions: [deploy('first'), deploy('live')] };
  await scene.deploy('slipway-news-pipeline', { Pipeline });
  const ended = async () => {
    for (;;) {
      const [newest] = await executionsOf(scene.target, 'slipway-news');
      if (newest?.status !== 'InProgress') return newest?.status;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  };
  expect(await ended()).toBe('Failed');
  const status = (name: string) => statusOf(scene.target, name);
  expect([await status('slipway-news-first'), await status('slipway-news-live')]).toEqual([
    ...['ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'],
  ]);

  const free = (name: string) => deleteStack(scene.target, name, new AbortController().signal);
  const tryAgain = async () => {
    const world = scene.world({ now: Date.now });
    return { code: await retry(world, { service: 'news', state: scene.state }), said: world.said.join('\n') };
  };
  await free('one');
  const first = await tryAgain();
  expect(first.code).toBe(1);
  expect(first.said).toContain('slipway-news-first was never created: what is left of it is deleted.');
  expect(first.said).not.toContain('slipway-news-live was never created');
  expect([await status('slipway-news-first'), await status('slipway-news-live')]).toEqual([
    ...['CREATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'],
  ]);

  await free('two');
  const second = await tryAgain();
  expect([second.code, await status('slipway-news-live')]).toEqual([0, 'UPDATE_COMPLETE']);
  expect(second.said).not.toContain('was never created');
}, 60_000);

const balancer = {
  Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  Properties: {
    ...{ Name: 'slipway-production', Scheme: 'internal' },
    LoadBalancerAttributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }],
  },
};
const table = {
  Type: 'AWS::DynamoDB::Table',
  DeletionPolicy: 'RetainExceptOnCreate',
  Properties: {
    ...{ TableName: 'slipway-press-articles', DeletionProtectionEnabled: true },
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
};

/** Of another service of the same scene, in a pipeline of its own. */
test('what protects itself from the rollback goes when that is asked for, and is told until then', async () => {
  const resources = { Balancer: balancer, Table: table };
  const failing = { ...log('/three'), DependsOn: Object.keys(resources) };
  scene.write('packages/press/service.yaml', 'name: press\nteam: press\npath: /press\n');
  scene.write('guarded.json', JSON.stringify({ Resources: { ...resources, Log: failing } }));
  scene.git('add', '--all');
  scene.git('commit', '--quiet', '--message', 'A protected stack');
  await pushHead(scene.root, join(scene.state, 'git', 'slipway.git'), 'main');
  await scene.deploy('three', { Taken: log('/three') });
  const { Pipeline } = gatedPipeline('slipway-press') as { Pipeline: { Properties: { Stages: object[] } } };
  Pipeline.Properties.Stages[1] = { Name: 'Production', Actions: [deploy('guarded')] };
  await scene.deploy('slipway-press-pipeline', { Pipeline });
  const status = () => statusOf(scene.target, 'slipway-news-guarded');
  while ((await status()) !== 'ROLLBACK_FAILED') await new Promise(resolve => setTimeout(resolve, 50));
  while ((await executionsOf(scene.target, 'slipway-press'))[0]?.status === 'InProgress')
    await new Promise(resolve => setTimeout(resolve, 50));
  await deleteStack(scene.target, 'three', new AbortController().signal);

  const world = scene.world({ now: Date.now });
  const options = { service: 'press', state: scene.state };
  await expect(retry(world, options)).rejects.toThrow(
    /balancer slipway-production, table slipway-press-articles.*npx slipway retry press --lift-protection/,
  );
  expect(await status()).toBe('ROLLBACK_FAILED');

  expect(await retry(world, { ...options, liftProtection: true })).toBe(0);
  expect(await status()).toBe('CREATE_COMPLETE');
  expect(world.said).toContain('table slipway-press-articles is not protected any more and is deleted.');
}, 60_000);
