import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { statusOf } from './aws/stack-change.ts';
import { pushHead } from './checkout.ts';
import { remove } from './commands/remove.ts';
import { readStatus, statusLines } from './commands/status.ts';
import { executionsOf } from './executions.ts';
import { groupOfPlace, placesOf } from './places.ts';
import { gatedPipeline, openScene, type Scene, tooling } from './test-scene.ts';

const ACCOUNT = '123456789012';
const zones = (region: string) => `zones: [${region}a, ${region}c]`;
const ENVIRONMENTS = `name: slipway
account: "${ACCOUNT}"
region: ap-northeast-1
environments:
  production:
    network: { ${zones('ap-northeast-1')} }
    regions:
      singapore: { region: ap-southeast-1, network: { cidr: 10.9.0.0/16, ${zones('ap-southeast-1')} } }
`;
let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ repository: 'shop' });
  scene.write('pipeline/environments.yaml', ENVIRONMENTS);
}, 30_000);
afterAll(async () => scene?.[Symbol.asyncDispose](), 30_000);

const log = (name: string) => ({ Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: name } } });
const commit = (message: string): void => {
  scene.git('add', '--all');
  scene.git('commit', '--quiet', '--allow-empty', '--message', message);
};
const repository = (name: string) => join(scene.state, 'git', `${name}.git`);
async function until(done: () => Promise<boolean>): Promise<void> {
  for (let asked = 0; asked < 200; asked++) {
    if (await done()) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error('it did not come');
}

test('a push to the repository that stands in for one behind a connection starts its pipeline', async () => {
  scene.write('packages/blog/service.yaml', 'name: blog\nteam: web\npath: /blog\n');
  commit('A service');
  await scene.deploy('slipway-tooling', tooling);
  await pushHead(scene.root, repository('shop'), 'main');
  await pushHead(scene.root, repository('slipway'), 'main');
  const { Pipeline } = gatedPipeline('slipway-platform') as {
    Pipeline: { Properties: { Stages: { Actions: { ActionTypeId: object; Configuration: object }[] }[] } };
  };
  const source = Pipeline.Properties.Stages[0]!.Actions[0]!;
  source.ActionTypeId = {
    Category: 'Source',
    Owner: 'AWS',
    Provider: 'CodeStarSourceConnection',
    Version: '1',
  };
  source.Configuration = {
    ConnectionArn: 'arn:any',
    FullRepositoryId: 'acme/shop',
    BranchName: 'main',
    DetectChanges: false,
  };
  const GitConfiguration = { SourceActionName: 'Source', Push: [{ Branches: { Includes: ['main'] } }] };
  Object.assign(Pipeline.Properties, {
    Triggers: [{ ProviderType: 'CodeStarSourceConnection', GitConfiguration }],
  });
  await scene.deploy('slipway-platform-pipeline', { Pipeline });
  const runs = () => executionsOf(scene.target, 'slipway-platform');
  await until(async () => (await runs())[0]?.sourceRevisions?.[0] !== undefined);
  commit('Another');
  await pushHead(scene.root, repository('shop'), 'main');
  const head = scene.git('rev-parse', 'HEAD').trim();
  await until(async () => (await runs())[0]?.sourceRevisions?.[0]?.revisionId === head);
  expect(await runs()).toHaveLength(2);
}, 30_000);

test('a service without a directory is removed in every place, wherever that is', async () => {
  const singapore = scene.access.at({ account: ACCOUNT, region: 'ap-southeast-1' });
  const there = new CloudFormationClient(singapore);
  const template = JSON.stringify({ Resources: log('/slipway/production-singapore/news') });
  const name = 'slipway-news-production-singapore';
  await scene.deploy('slipway-news-production', log('/slipway/production/news'));
  await scene.deploy('slipway-news-roles-222222222222', log('/roles'));
  await there.send(new CreateStackCommand({ StackName: name, TemplateBody: template }));
  await until(async () => (await statusOf(singapore, name)) === 'CREATE_COMPLETE');

  const world = scene.world();
  expect(await remove(world, { service: 'news', yes: true, state: scene.state })).toBe(0);
  expect(world.said.filter(line => line.includes('✓ slipway-')).map(line => line.trim())).toEqual([
    expect.stringContaining('✓ slipway-news-production is deleted'),
    expect.stringContaining(`✓ ${name} is deleted`),
    expect.stringContaining('✓ slipway-news-roles-222222222222 is deleted'),
  ]);
  expect(await statusOf(singapore, name)).toBeUndefined();
}, 30_000);

test('what the engine only records is told by the status, with the stack that asks for it', async () => {
  const Properties = { TopicArn: 'arn:aws:sns:ap-northeast-1:111111111111:alarms', Protocol: 'email' };
  await scene.deploy('slipway-blog-production', {
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: { ...Properties, Endpoint: 'a@example.com' },
    },
  });
  const status = await readStatus(scene.world(), scene.access);
  expect(statusLines(status, 0)).toEqual(
    expect.arrayContaining([
      'Not carried out on a laptop:',
      '  messages of SNS topics are not sent  (slipway-blog-production)',
    ]),
  );
}, 30_000);

test('a place belongs to an environment, and one that is none is told with those that there are', () => {
  expect(['production', 'production-singapore'].map(groupOfPlace)).toEqual(['production', 'production']);
  const environments = { environments: [{ name: 'production' }] } as Parameters<typeof placesOf>[0];
  expect(() => placesOf(environments, scene.access)('prod')).toThrow('there are: production.');
});
