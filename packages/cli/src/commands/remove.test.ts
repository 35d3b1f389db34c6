import { join } from 'node:path';
import {
  CloudFormationClient,
  ListStacksCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { ECSClient, ListTaskDefinitionsCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pendingApprovals } from '../approvals.ts';
import { pushHead } from '../checkout.ts';
import { messageOf } from '../errors.ts';
import { commitOf, executionsOf, startExecution } from '../executions.ts';
import { removedServices } from '../removed.ts';
import { stackNames } from '../stack.ts';
import { gatedPipeline, openScene, type Scene, tooling } from '../test-scene.ts';
import type { World } from '../world.ts';
import { remove } from './remove.ts';
import { readStatus } from './status.ts';

let scene: Scene;
let cloudFormation: CloudFormationClient;
let ecs: ECSClient;

const log = (name: string) => ({ Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: name } } });
const table = {
  Table: {
    Type: 'AWS::DynamoDB::Table',
    DeletionPolicy: 'Retain',
    Properties: {
      TableName: 'slipway-news-staging-articles',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    },
  },
};
const images = { Images: { Type: 'AWS::ECR::Repository', Properties: { RepositoryName: 'slipway/news' } } };
const deployNews = [
  {
    Name: 'Pipelines',
    Actions: [
      {
        Name: 'news',
        ActionTypeId: { Category: 'Deploy', Provider: 'CloudFormation', Owner: 'AWS', Version: '1' },
        Configuration: {
          ...{ ActionMode: 'CREATE_UPDATE', StackName: 'slipway-news-pipeline' },
          ...{ TemplatePath: 'Source::news.json', RoleArn: 'arn:aws:iam::123456789012:role/any' },
        },
        InputArtifacts: [{ Name: 'Source' }],
      },
    ],
  },
];

beforeAll(async () => {
  scene = await openScene();
  cloudFormation = new CloudFormationClient(scene.target);
  ecs = new ECSClient(scene.target);
  scene.write('packages/blog/service.yaml', 'name: blog\nteam: web\npath: /blog\n');
  scene.write('packages/news/service.yaml', 'name: news\nteam: press\npath: /news\n');
  commit('Two services');
  await scene.deploy('slipway-tooling', tooling);
  await push();
  await scene.deploy('slipway-platform-pipeline', gatedPipeline('slipway-platform', deployNews));
  await scene.deploy('slipway-news-pipeline', gatedPipeline('slipway-news'));
  await scene.deploy('slipway-news-staging', log('/slipway/staging/news'));
  await scene.deploy('slipway-news-production', log('/slipway/production/news'));
  await scene.deploy('slipway-news-data-staging', table);
  await scene.deploy('slipway-news-images', images);
  for (const family of ['slipway-news-staging', 'slipway-news-production', 'slipway-newsroom-staging']) {
    const containerDefinitions = [{ name: 'news', image: 'any', essential: true }];
    await ecs.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions }));
  }
}, 60_000);

afterAll(async () => scene?.[Symbol.asyncDispose](), 30_000);

function commit(message: string): void {
  scene.git('add', '--all');
  scene.git('commit', '--quiet', '--allow-empty', '--message', message);
}

const push = () => pushHead(scene.root, join(scene.state, 'git', 'slipway.git'), 'main');

function run(service: string, more: { yes?: boolean; world?: Partial<World> } = {}) {
  const world = scene.world(more.world);
  const code = remove(world, { service, yes: more.yes ?? false, state: scene.state });
  return { code, said: world.said };
}

const stacks = () => stackNames(scene.target, 'slipway-');

/** Asks until the answer is there: the engine works on by itself. */
async function until<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  for (let asked = 0; asked < 200; asked++) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise(resolve => setTimeout(resolve, 25));
  }
  throw new Error('it did not come');
}

const waits = (pipeline: string) =>
  until(async () => (await pendingApprovals(scene.target, pipeline).catch(() => []))[0]);

/** Each step builds on the one before, as the way of a service out of the house does. */
describe('slipway remove', () => {
  test('refuses a service whose directory is in the checkout, also one whose contract is malformed', async () => {
    await expect(run('news').code).rejects.toThrow('packages/news is still in this checkout');
    scene.write('packages/news/service.yaml', 'nme: news\n');
    await expect(run('news').code).rejects.toThrow('packages/news is still in this checkout');
    expect((await readStatus(scene.world(), scene.access)).removed).toEqual([]);
  });

  test('refuses a service that is removed here and not in what was pushed', async () => {
    scene.git('rm', '--quiet', '-r', '--force', 'packages/news');
    commit('Remove news');
    await waits('slipway-platform');
    const pushed = scene.git('rev-parse', '--short=10', 'HEAD~').trim();
    await expect(run('news').code).rejects.toThrow(`(${pushed}) still has packages/news: push its removal`);
  });

  test('refuses a service that the platform pipeline would make again', async () => {
    await push();
    const head = scene.git('rev-parse', 'HEAD').trim();
    await startExecution(scene.target, 'slipway-platform', { commit: head });
    await until(async () => {
      const [newest] = await executionsOf(scene.target, 'slipway-platform');
      return newest && commitOf(newest) === head;
    });
    await expect(run('news').code).rejects.toThrow('has to be rolled out first');
  });

  test('refuses while nobody can tell what was pushed', async () => {
    const pushed = scene.git('rev-parse', 'HEAD').trim();
    scene.git('update-ref', 'refs/heads/main', 'HEAD~');
    scene.git('reflog', 'expire', '--expire=now', '--all');
    scene.git('gc', '--quiet', '--prune=now');
    await expect(run('news').code).rejects.toThrow('git fetch --all brings it');
    scene.git('fetch', '--quiet', join(scene.state, 'git', 'slipway.git'), 'main');
    scene.git('update-ref', 'refs/heads/main', pushed);
  });

  test('refuses what is no service, with the one that is meant', async () => {
    await rollOut();
    await expect(run('nwes').code).rejects.toThrow('a service "nwes" here: did you mean news? Without');
    for (const name of ['platform', 'network', 'news-data', '../news', ''])
      await expect(run(name).code).rejects.toThrow(`There is nothing of a service "${name}" here`);
  });

  test('is called for by the status, which names the service', async () => {
    const { environments: _, ...known } = { product: 'slipway', environments: [], services: ['blog'] };
    expect(await removedServices(scene.target, { ...known, environments: ['staging'] })).toEqual(['news']);
    expect((await readStatus(scene.world(), scene.access)).removed).toEqual(['news']);
  });

  test('asks for the name, and touches nothing without it', async () => {
    const before = await stacks();
    await expect(run('news').code).rejects.toThrow('no terminal to confirm on: --yes removes');
    const asked: string[] = [];
    const ask = async (question: string) => {
      asked.push(question);
      return 'yes';
    };
    const { code, said } = run('news', { world: { ask } });
    expect(await code).toBe(1);
    expect(asked).toEqual(['Type news to delete it: ']);
    expect(said).toEqual([
      'This is deleted of news:',
      '  staging     the stack slipway-news-staging with 0 running tasks, 1 version',
      '  production  the stack slipway-news-production with 0 running tasks, 1 version',
      '  pipeline    the stack slipway-news-pipeline with its runs, builds and roles',
      'This is kept:',
      '  table       slipway-news-staging-articles  (stack slipway-news-data-staging)',
      '  images      slipway/news  (stack slipway-news-images)',
      'Nothing was removed.',
    ]);
    expect(await stacks()).toEqual(before);
    expect(await pendingApprovals(scene.target, 'slipway-news')).toHaveLength(1);
  });

  test("tells AWS's own sentence of a protected stack before it touches anything", async () => {
    const before = await stacks();
    const protect = (EnableTerminationProtection: boolean) =>
      cloudFormation.send(
        new UpdateTerminationProtectionCommand({
          StackName: 'slipway-news-production',
          EnableTerminationProtection,
        }),
      );
    await protect(true);
    await expect(run('news', { yes: true }).code).rejects.toThrow(
      'Stack [slipway-news-production] cannot be deleted while TerminationProtection is enabled',
    );
    expect(await stacks()).toEqual(before);
    await protect(false);
  });

  test('leaves the rest as it is when it is interrupted', async () => {
    const interrupted = new AbortController();
    const said: string[] = [];
    const say = (line: string): void => {
      said.push(line);
      if (line.endsWith('✓ slipway-news-staging is deleted')) interrupted.abort();
    };
    const world = { say, interruption: () => interrupted.signal };
    expect(await run('news', { yes: true, world }).code).toBe(130);
    expect(said.at(-1)).toContain('npx slipway remove news goes on from there');
    expect(await stacks()).not.toContain('slipway-news-staging');
    expect(await stacks()).toContain('slipway-news-production');
    expect(await removedServices(scene.target, known())).toEqual(['news']);
  });

  test('goes on from there: runs are stopped, production goes, the pipeline last, data and images stay', async () => {
    await retryRelease();
    const { code, said } = run('news', { world: { ask: async () => 'news\n' } });
    expect(await code).toBe(0);
    expect(said.slice(0, 2)).toEqual([
      'This is deleted of news:',
      '  production  the stack slipway-news-production with 0 running tasks, 1 version',
    ]);
    const done = said.map(line => line.trim().replace(/^0\.0 s +/, ''));
    expect(done.slice(done.indexOf('This is kept:') + 3)).toEqual([
      expect.stringMatching(/^run [0-9a-f]{8} of slipway-news is stopped$/),
      'production: requests under way are answered, then its tasks end',
      '✓ slipway-news-production is deleted',
      '✓ slipway-news-pipeline is deleted',
      '✓ news is removed.',
      'Kept:',
      'table       slipway-news-staging-articles  (stack slipway-news-data-staging)',
      'images      slipway/news  (stack slipway-news-images)',
      'Put packages/news back, commit and push, and it comes back to what it left.',
      'docs/recipes/remove-a-service.md tells how to delete this for good, too.',
    ]);
    const left = (await stacks()).filter(name => name.includes('news'));
    expect(left.sort()).toEqual(['slipway-news-data-staging', 'slipway-news-images']);
    const { taskDefinitionArns } = await ecs.send(new ListTaskDefinitionsCommand({}));
    expect(taskDefinitionArns).toEqual([expect.stringContaining('/slipway-newsroom-staging:1')]);
    expect(await removedServices(scene.target, known())).toEqual([]);
  });

  test('says of a service that is gone what was kept', async () => {
    const { code, said } = run('news');
    expect(await code).toBe(0);
    expect(said.slice(0, 3)).toEqual([
      'news is removed already.',
      'Kept:',
      '  table       slipway-news-staging-articles  (stack slipway-news-data-staging)',
    ]);
  });

  test("tells CloudFormation's own reasons when a stack cannot be deleted, and tries again when called again", async () => {
    const { Properties } = table.Table;
    const protectedTable = { ...Properties, TableName: 'prices', DeletionProtectionEnabled: true };
    await scene.deploy('slipway-market-staging', {
      ...log('/slipway/staging/market'),
      Table: { Type: 'AWS::DynamoDB::Table', Properties: protectedTable },
    });
    const why = await run('market', { yes: true }).code.catch(messageOf);
    expect(why).toMatch(/^The stack slipway-market-staging could not be deleted \(DELETE_FAILED\)/);
    expect(why).toMatch(/\n {2}Table: .*deletion protection/i);
    expect(why).toContain('npx slipway remove market goes on from there');
    await callDynamo('UpdateTable', { TableName: 'prices', DeletionProtectionEnabled: false });
    expect(await run('market', { yes: true }).code).toBe(0);
    expect(await stacks()).not.toContain('slipway-market-staging');
  });
});

const known = () => ({ product: 'slipway', environments: ['staging', 'production'], services: ['blog'] });

/** The platform pipeline without news, as the push of its removal leaves it. */
async function rollOut(): Promise<void> {
  const TemplateBody = JSON.stringify({ Resources: gatedPipeline('slipway-platform') });
  const StackName = 'slipway-platform-pipeline';
  await cloudFormation.send(new UpdateStackCommand({ StackName, TemplateBody }));
  await until(async () => {
    const { StackSummaries } = await cloudFormation.send(
      new ListStacksCommand({ StackStatusFilter: ['UPDATE_COMPLETE'] }),
    );
    return StackSummaries?.some(stack => stack.StackName === StackName);
  });
}

/** Somebody starts the pipeline once more, by hand. */
async function retryRelease(): Promise<void> {
  await startExecution(scene.target, 'slipway-news', { commit: scene.git('rev-parse', 'HEAD').trim() });
  await waits('slipway-news');
}

async function callDynamo(operation: string, input: object): Promise<void> {
  const answer = await fetch(scene.target.endpoint!, {
    method: 'POST',
    headers: {
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-date': '20300101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIATEST/20300101/ap-northeast-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(input),
  });
  expect([answer.status, answer.ok ? '' : await answer.text()]).toEqual([200, '']);
}
