import { describe, expect, test } from '@jest/globals';
import { readDocument } from './document.ts';
import { formatProblem } from './problem.ts';
import { serviceSchema } from './service.ts';

function read(deployment: string) {
  const text = `name: news\nteam: press\npath: /news\ndeployment: ${deployment}\n`;
  return readDocument({ text, file: 'packages/news/service.yaml', service: 'news' }, serviceSchema);
}

const understood = (deployment: string) => read(deployment).value?.deployment;
const refused = (deployment: string) =>
  read(deployment).problems.map(problem => formatProblem(problem).replace('packages/news/service.yaml:', ''));

describe('how a new version takes over', () => {
  test('is CodeDeploy’s shift all at once unless the team says otherwise', () => {
    expect(understood('{}')).toEqual({ controller: 'codedeploy', strategy: 'all-at-once' });
  });

  test.each([
    ['{ strategy: canary }', { controller: 'codedeploy', percentage: 10, intervalMinutes: 5 }],
    ['{ strategy: linear }', { controller: 'codedeploy', percentage: 10, intervalMinutes: 3 }],
    ['{ controller: ecs, strategy: canary }', { controller: 'ecs', percentage: 10, intervalMinutes: 5 }],
    ['{ controller: ecs, strategy: linear }', { controller: 'ecs', percentage: 10, intervalMinutes: 3 }],
  ])('%s has AWS’s usual steps', (text, steps) => {
    expect(understood(text)).toMatchObject(steps);
  });

  test('is what the team says, to the tenth of a percent where ECS takes it', () => {
    expect(
      understood('{ controller: ecs, strategy: canary, percentage: 0.5, interval: 20, bake: 30 }'),
    ).toEqual({
      ...{ controller: 'ecs', strategy: 'canary', percentage: 0.5, intervalMinutes: 20, bakeMinutes: 30 },
    });
    expect(understood('{ controller: ecs, strategy: rolling }')).toEqual({
      ...{ controller: 'ecs', strategy: 'rolling' },
    });
    expect(understood('{ strategy: linear, percentage: 30, interval: 2 }')).toEqual({
      ...{ controller: 'codedeploy', strategy: 'linear', percentage: 30, intervalMinutes: 2 },
    });
  });
});

describe('what belongs to the other controller or strategy is refused', () => {
  test.each([
    ['{ controller: jenkins }', '4:27  deployment.controller: "jenkins" — must be codedeploy or ecs'],
    [
      '{ strategy: rolling }',
      '4:25  deployment.strategy: "rolling" — belongs to the controller ecs: CodeDeploy shifts between blue and green, use all-at-once',
    ],
    [
      '{ bake: 5 }',
      '4:21  deployment.bake: 5 — belongs to the controller ecs: with codedeploy the old version stays as long as terminationWait of the environment says',
    ],
    [
      '{ interval: 5 }',
      '4:25  deployment.interval: 5 — belongs to the strategies canary and linear: remove it',
    ],
    [
      '{ controller: ecs, strategy: rolling, percentage: 5 }',
      '4:63  deployment.percentage: 5 — belongs to the strategies canary and linear: remove it',
    ],
    [
      '{ strategy: canary, percentage: 100 }',
      '4:45  deployment.percentage: 100 — must be from 1 to 99: the controller codedeploy takes no other for canary',
    ],
    [
      '{ strategy: canary, percentage: 2.5 }',
      '4:45  deployment.percentage: 2.5 — must be a multiple of 1: CodeDeploy takes whole percentages',
    ],
    [
      '{ controller: ecs, strategy: linear, percentage: 1 }',
      '4:62  deployment.percentage: 1 — must be from 3 to 100: the controller ecs takes no other for linear',
    ],
    [
      '{ controller: ecs, strategy: canary, interval: 2000 }',
      expect.stringContaining('must be from 0 to 1440 minutes: the controller ecs takes no other'),
    ],
    [
      '{ controller: ecs, strategy: linear, percentage: 5, interval: 60, bake: 90 }',
      '4:75  deployment.interval: 60 — makes a release last 1230 minutes: a pipeline waits for 1200 at most',
    ],
    ['{ controller: ecs, bake: -1 }', '4:38  deployment.bake: -1 — use 0 to 1200 minutes'],
    ['{ controller: ecs, bake: 1.5 }', expect.stringContaining('must be a whole number of minutes')],
  ])('%s', (text, problem) => {
    expect(refused(text)[0]).toEqual(problem);
  });
});
