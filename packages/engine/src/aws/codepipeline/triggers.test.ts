import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { buildStage, pipelineProperties, sourceStage } from './test-structures.ts';
import { createWorld } from './test-world.ts';

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const connection = 'arn:aws:codeconnections:ap-northeast-1:123456789012:connection/1';
const source = (more: object = {}) => ({
  Name: 'Source',
  Actions: [
    {
      Name: 'Source',
      ActionTypeId: { Category: 'Source', Owner: 'AWS', Provider: 'CodeStarSourceConnection', Version: '1' },
      Configuration: {
        ConnectionArn: connection,
        FullRepositoryId: 'acme/shop',
        BranchName: 'main',
        ...more,
      },
      OutputArtifacts: [{ Name: 'Source' }],
      Namespace: 'Source',
    },
  ],
});
const filter = (git: object) => ({
  Triggers: [
    { ProviderType: 'CodeStarSourceConnection', GitConfiguration: { SourceActionName: 'Source', ...git } },
  ],
});
const pipeline = (more: object = {}, configuration: object = { DetectChanges: false }) => ({
  ...pipelineProperties([source(configuration), buildStage]),
  ...more,
});

test('a source behind a connection is fetched from the repository of its name', async () => {
  world.start();
  await world.create(pipeline());
  await world.run(5000, () => world.statuses()[0] === 'Succeeded');
  expect(world.statuses()).toEqual(['Succeeded']);
  const { pipelineExecutionSummaries: found } = world.call('ListPipelineExecutions', {
    pipelineName: 'slipway-news',
  });
  expect(found[0].sourceRevisions[0]).toMatchObject({ actionName: 'Source', revisionId: 'a'.repeat(40) });
});

test('it is started by pushes to the branches of its filter, by any push to its branch without one, or by none', async () => {
  const push = filter({ Push: [{ Branches: { Includes: ['main', 'release/*'] } }] });
  const pushed = () => world.pipelines.pushTriggers();
  await world.create(pipeline(push));
  expect(pushed()).toMatchObject([{ repository: 'shop', branches: ['main', 'release/*'] }]);
  await world.update(pipeline({}, {}), pipeline(push));
  expect(pushed()).toMatchObject([{ repository: 'shop', branches: ['main'] }]);
  await world.update(pipeline(), pipeline({}, {}), 'again');
  expect(pushed()).toEqual([]);
});

test('triggers of pull requests are kept and said to be missing', async () => {
  const requests = filter({ PullRequest: [{ Branches: { Includes: ['main'] }, Events: ['OPEN'] }] });
  await world.create(pipeline(requests));
  expect(world.pipelines.pushTriggers()).toEqual([]);
  const handler = world.pipelines.resources['AWS::CodePipeline::Pipeline']!;
  expect(handler.notCarriedOut?.(pipeline(requests))).toEqual(['builds of pull requests are not started']);
  expect(handler.notCarriedOut?.(pipeline())).toEqual([]);
});

test.each([
  [{ Push: [{ Tags: { Includes: ['v*'] } }] }, 'not carried out locally'],
  [{ SourceActionName: 'Other', Push: [] }, 'Other, which has no connection'],
])('a trigger %j is refused', async (git, sentence) => {
  await expect(world.create(pipeline(filter(git)))).rejects.toThrow(sentence);
});

test('a source of CodeCommit has no triggers', async () => {
  await expect(
    world.create({ ...pipelineProperties([sourceStage, buildStage]), ...filter({ Push: [] }) }),
  ).rejects.toThrow('which has no connection');
});
