import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ManualClock } from '../../core/clock.ts';
import type { Context } from '../../core/context.ts';
import { Controllers } from '../../core/controllers.ts';
import { AwsError } from '../../core/errors.ts';
import { openTestContext } from '../../core/test-context.ts';
import { createEvents, type Events, type PipelineStart, type PushTrigger } from './index.ts';

const lines: string[] = [];
const PIPELINE = 'arn:aws:codepipeline:ap-northeast-1:123456789012:slipway-platform';
const stack = { name: 'web', id: 'arn:web', region: 'ap-northeast-1', account: '123456789012', tags: {} };
let context: Context;
let events: Events;
let controllers: Controllers;
let started: PipelineStart[];
let fault: Error | undefined;
let triggers: PushTrigger[] = [];

beforeEach(() => {
  context = openTestContext({ log: line => lines.push(line) });
  started = [];
  fault = undefined;
  triggers = [];
  lines.length = 0;
  start();
});
afterEach(async () => {
  await controllers.stop();
  context.store.close();
});

function start(): void {
  events = createEvents(context, {
    startPipelineExecution: async request => {
      started.push(request);
      if (fault) throw fault;
    },
    pushTriggers: () => triggers,
  });
  controllers = new Controllers({
    ...context,
    controllers: events.controllers,
    onError: error => lines.push(String(error)),
  });
  controllers.start();
}

const properties = {
  Name: 'push',
  EventPattern: {
    source: ['aws.codecommit'],
    account: ['123456789012'],
    detail: { referenceName: ['main'] },
  },
  Targets: [{ Id: 'Target0', Arn: PIPELINE, RoleArn: 'arn:aws:iam::123456789012:role/events' }],
};
const request = (more: object = {}) => ({
  stack,
  logicalId: 'Rule',
  type: 'AWS::Events::Rule',
  properties: { ...properties, ...more } as Record<string, unknown>,
  token: 'one',
});
const handler = () => events.resources['AWS::Events::Rule']!;
const push = async (referenceName = 'main') => {
  const detail = { event: 'referenceUpdated', referenceName };
  context.store.events.append({ source: 'aws.codecommit', 'detail-type': 'x', resources: [], detail });
  await controllers.settled();
};

describe('a rule', () => {
  test('starts its pipeline for each event that matches, after it was made', async () => {
    await push();
    expect(await handler().create(request())).toEqual({
      physicalId: 'push',
      attributes: { Arn: 'arn:aws:events:ap-northeast-1:123456789012:rule/push' },
    });
    await push();
    await push('feature');
    await push();
    expect(started.map(each => each.token)).toEqual(['push/Target0/2', 'push/Target0/4']);
    expect(started[0]).toMatchObject({ pipelineArn: PIPELINE, event: { detail: { referenceName: 'main' } } });
  });

  test('tries again with the same token after a fault', async () => {
    await handler().create(request());
    fault = new Error('disk full');
    await push();
    expect(lines).toEqual(['Error: disk full']);
    fault = undefined;
    (context.clock as ManualClock).advance(1000);
    await controllers.settled();
    expect(started.map(each => each.token)).toEqual(['push/Target0/1', 'push/Target0/1']);
  });

  test('goes on after a pipeline that cannot be started', async () => {
    await handler().create(request());
    fault = new AwsError('PipelineNotFoundException', 'no such pipeline');
    await push();
    expect(lines).toEqual([`rule push: starting ${PIPELINE}: no such pipeline`]);
    fault = undefined;
    await push();
    expect(started).toHaveLength(2);
  });

  test('starts nothing twice after a restart, and nothing is lost', async () => {
    await handler().create(request());
    await push();
    await controllers.stop();
    const detail = { referenceName: 'main' };
    context.store.events.append({ source: 'aws.codecommit', 'detail-type': 'x', resources: [], detail });
    start();
    await controllers.settled();
    expect(started.map(each => each.token)).toEqual(['push/Target0/1', 'push/Target0/2']);
  });

  test('that is disabled lets events pass, for good', async () => {
    const update = (more: object) =>
      handler().update({ ...request(more), physicalId: 'push', previous: properties });
    await handler().create(request({ State: 'DISABLED' }));
    await push();
    await update({ State: 'ENABLED' });
    await push();
    expect(started.map(each => each.event.seq)).toEqual([2]);
  });

  test('that is deleted starts nothing', async () => {
    await handler().create(request());
    await handler().delete({ ...request(), physicalId: 'push' });
    await push();
    expect(started).toEqual([]);
  });

  test.each([
    [{ ScheduleExpression: 'rate(1 day)' }, 'ScheduleExpression of a rule is not carried out locally'],
    [{ EventBusName: 'mine' }, 'The event bus mine is not carried out locally'],
    [
      { Targets: [{ Id: 'a', Arn: 'arn:aws:sqs:x:1:q' }] },
      'The target arn:aws:sqs:x:1:q of a rule is not carried out locally',
    ],
    [{ Targets: [{ Id: 'a', Arn: PIPELINE }] }, 'RoleArn is required'],
    [
      { Targets: [{ Id: 'a', Arn: PIPELINE, Input: '{}' }] },
      'Input of the target a is not carried out locally',
    ],
    [{ EventPattern: { source: 'x' } }, 'Event pattern is not valid'],
    [{ Name: '../x' }, 'is no name of a rule'],
  ])('%j is refused', async (more, sentence) => {
    await expect(handler().create(request(more))).rejects.toThrow(sentence);
  });
});

describe('targets that are not carried out', () => {
  const input = { InputPathsMap: { a: '$.detail.a' }, InputTemplate: '"<a>"' };
  const topic = { Id: 'T', Arn: 'arn:aws:sns:ap-northeast-1:123456789012:told', InputTransformer: input };
  const build = { Id: 'B', Arn: 'arn:aws:codebuild:ap-northeast-1:123456789012:project/check', RoleArn: 'r' };

  test('topics and builds are kept and not called, and the rule says what is missed', async () => {
    const [pipeline] = properties.Targets;
    const targets = { Targets: [topic, build, topic, pipeline] };
    await handler().create(request(targets));
    await push();
    expect(started.map(each => each.token)).toEqual(['push/Target0/1']);
    expect(handler().notCarriedOut?.({ ...properties, ...targets })).toEqual([
      'messages of SNS topics are not sent',
      'builds of pull requests are not started',
    ]);
    expect(handler().notCarriedOut?.(properties)).toEqual([]);
  });
});

test("a pipeline's own trigger starts it at a push to its repository and branches", async () => {
  triggers = [{ pipelineArn: PIPELINE, repository: 'shop', branches: ['main', 'release/*'], since: 1 }];
  const pushTo = async (repositoryName: string, referenceName: string) => {
    const detail = { event: 'referenceUpdated', referenceType: 'branch', repositoryName, referenceName };
    const type = 'CodeCommit Repository State Change';
    context.store.events.append({ source: 'aws.codecommit', 'detail-type': type, resources: [], detail });
    await controllers.settled();
  };
  await pushTo('shop', 'main');
  await pushTo('shop', 'main');
  await pushTo('other', 'main');
  await pushTo('shop', 'feature');
  await pushTo('shop', 'release/1');
  expect(started.map(each => each.token)).toEqual([
    'trigger of slipway-platform/Pipeline/2',
    'trigger of slipway-platform/Pipeline/5',
  ]);
});
