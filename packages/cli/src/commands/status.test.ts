import { expect, test } from '@jest/globals';
import { statusLines } from './status.ts';

const now = Date.parse('2030-01-01T12:00:00Z');
const commit = 'a'.repeat(40);

function pipelineLine(more: object): string {
  const status = {
    environments: [],
    pipelines: [{ pipeline: 'slipway-news', state: 'InProgress', ...more }],
    removed: [],
    problems: [],
    notCarriedOut: [],
  };
  return statusLines(status, now)[1]!.trim();
}

test('what waits is told with whose approval it waits for and since when', () => {
  const waits = { stage: 'Approval', team: 'desk', since: '2030-01-01T11:58:55Z', behindOlder: false };
  expect(pipelineLine({ commit, waits })).toBe(
    'news       waits for the approval of team desk (Approval, for 1 min 05 s)  aaaaaaaaaa',
  );
});

test('what failed is told with where and why', () => {
  const failure = { where: 'Build/Build', reason: 'one test failed' };
  expect(pipelineLine({ state: 'Failed', failure })).toBe(
    'news       Failed in Build/Build: one test failed',
  );
});

test('a service that is not released yet is told as such', () => {
  const environments = [{ environment: 'production', services: [{ service: 'news' }] }];
  const [head, line] = statusLines(
    { environments, pipelines: [], removed: [], problems: [], notCarriedOut: [] },
    now,
  );
  expect(head).toBe('production  not there yet');
  expect(line).toMatch(/news .* not there +not released$/);
});

test('a service that runs without a directory is told, with what to do', () => {
  const [, line] = statusLines(
    { environments: [], pipelines: [], removed: ['news'], problems: [], notCarriedOut: [] },
    now,
  );
  expect(line).toBe(
    'news has no directory any more and still runs: npx slipway remove news drains and deletes it (its data is kept).',
  );
});

test('a service that ECS is rolling out is told with what is live and what comes', () => {
  const arn = (revision: number) => `arn:aws:ecs:r:1:task-definition/slipway-news-production:${revision}`;
  const service = {
    service: 'news',
    desired: 2,
    running: 3,
    commit,
    taskDefinition: arn(4),
    rollout: arn(5),
  };
  const environments = [{ environment: 'production', services: [service] }];
  const [, line] = statusLines(
    { environments, pipelines: [], removed: [], problems: [], notCarriedOut: [] },
    now,
  );
  expect(line).toMatch(/aaaaaaaaaa {2}slipway-news-production:4, ECS brings slipway-news-production:5$/);
});

test('what a laptop only records is told in a short block, and nothing where nothing is missed', () => {
  const rest = { environments: [], pipelines: [], removed: [], problems: [] };
  const stacks = [
    'slipway-blog-staging',
    'slipway-market-staging',
    'slipway-news-staging',
    'slipway-user-staging',
  ];
  const missed = [{ what: 'auto scaling: the number of tasks stays at its least', stacks }];
  expect(statusLines({ ...rest, notCarriedOut: missed }, now)).toEqual([
    'pipelines',
    'Not carried out on a laptop:',
    '  auto scaling: the number of tasks stays at its least  (slipway-blog-staging, slipway-market-staging, slipway-news-staging and 1 more)',
  ]);
  expect(statusLines({ ...rest, notCarriedOut: [] }, now)).toEqual(['pipelines']);
});
