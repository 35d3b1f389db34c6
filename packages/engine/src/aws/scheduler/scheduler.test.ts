import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../core/clock.ts';
import { Controllers } from '../../core/controllers.ts';
import { AwsError } from '../../core/errors.ts';
import { randomIds } from '../../core/ids.ts';
import type { Properties } from '../../core/resource.ts';
import { openStore } from '../../core/store.ts';
import { openTestContext } from '../../core/test-context.ts';
import { createWire } from '../../wire/server.ts';
import { createScheduler } from './index.ts';

const SCHEDULE = 'AWS::Scheduler::Schedule';
const GROUP = 'AWS::Scheduler::ScheduleGroup';
const FUNCTION = 'arn:aws:lambda:ap-northeast-1:123456789012:function:news-schedule';
const MINUTE = 60_000;

interface Invocation {
  token: string;
  functionName: string;
  event: object;
}

let directory: string;
let clock: ManualClock;
let invoked: Invocation[];
/** Makes the next invocations fail with this sentence. */
let refuses: string | undefined;
let said: string[];
let engine: Awaited<ReturnType<typeof start>>;
const errors: unknown[] = [];

/** A second after midnight in UTC. */
const START = Date.UTC(2026, 0, 1, 0, 0, 1);

async function start() {
  const store = openStore(join(directory, 'store.sqlite'), clock);
  const context = openTestContext({ store, clock, ids: randomIds, log: text => void said.push(text) });
  const scheduler = createScheduler(context, {
    invoke: request => {
      if (refuses) throw new AwsError('ResourceNotFoundException', refuses, 404);
      if (!invoked.some(({ token }) => token === request.token)) invoked.push(request);
      return 'request';
    },
  });
  const onError = (error: unknown) => void errors.push(error);
  const wire = createWire({ account: context.account, apis: [scheduler.api], faces: [], onError });
  const { port } = await wire.listen(0);
  const controllers = new Controllers({ store, clock, controllers: scheduler.controllers, onError });
  controllers.start();
  return { store, scheduler, wire, port, controllers };
}

async function end(): Promise<void> {
  await engine.controllers.stop();
  await engine.wire.close();
  engine.store.close();
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-scheduler-'));
  clock = new ManualClock(START);
  [invoked, said, refuses] = [[], [], undefined];
  engine = await start();
});
afterEach(async () => {
  await end();
  rmSync(directory, { recursive: true, force: true });
  expect(errors.splice(0)).toEqual([]);
});

/** Lets time pass in steps, so that what is due is done before the next step. */
async function pass(ms: number, step = MINUTE): Promise<void> {
  for (let left = ms; left > 0; left -= step) {
    clock.advance(Math.min(left, step));
    await engine.controllers.settled();
  }
}

async function restartAfter(ms: number): Promise<void> {
  await end();
  clock.advance(ms);
  engine = await start();
  await engine.controllers.settled();
}

const stack = { name: 'news', id: 'arn:stack', region: 'ap-northeast-1', account: '1', tags: {} };
const request = (type: string, properties: Properties, token = `create ${properties.Name}`) => ({
  ...{ stack, logicalId: 'Schedule', type, properties, token },
});
const schedule = (over: Properties = {}): Properties => ({
  ...{ Name: 'cleanup', GroupName: 'news', ScheduleExpression: 'rate(5 minutes)', State: 'ENABLED' },
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: {
    Arn: FUNCTION,
    RoleArn: 'arn:aws:iam::123456789012:role/scheduler',
    Input: '{"schedule":"cleanup"}',
  },
  ...over,
});
async function create(over: Properties = {}) {
  const made = await engine.scheduler.resources[SCHEDULE]!.create(request(SCHEDULE, schedule(over)));
  await engine.controllers.settled();
  return made;
}
async function update(previous: Properties, properties: Properties) {
  const given = { ...request(SCHEDULE, schedule(properties), 'update'), physicalId: 'cleanup' };
  await engine.scheduler.resources[SCHEDULE]!.update({ ...given, previous: schedule(previous) });
  await engine.controllers.settled();
}
/** Asks as a client of AWS does; only the scope of the signature counts here. */
async function ask(path: string) {
  const scope = 'AKIATEST/20260101/ap-northeast-1/scheduler/aws4_request';
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const answer = await fetch(`http://127.0.0.1:${engine.port}${path}`, { headers: { authorization } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe('a schedule', () => {
  test('with a rate is run at once and then at its rate, in real time', async () => {
    await create();
    expect(invoked).toHaveLength(1);
    await pass(4 * MINUTE);
    expect(invoked).toHaveLength(1);
    await pass(11 * MINUTE);
    expect(invoked).toHaveLength(4);
    expect(new Set(invoked.map(({ token }) => token)).size).toBe(4);
  });

  test('with a cron expression is run when clocks in its time zone show one of its times', async () => {
    await create({ ScheduleExpression: 'cron(0 3 * * ? *)', ScheduleExpressionTimezone: 'Asia/Tokyo' });
    await pass(17 * 60 * MINUTE + 59 * MINUTE, 10 * MINUTE);
    expect(invoked).toHaveLength(0);
    await pass(MINUTE);
    expect(invoked).toHaveLength(1);
    await pass(24 * 60 * MINUTE, 10 * MINUTE);
    expect(invoked).toHaveLength(2);
  });

  test('for one time is run once', async () => {
    await create({ ScheduleExpression: 'at(2026-01-01T00:10:00)' });
    await pass(60 * MINUTE);
    expect(invoked).toHaveLength(1);
  });

  test('tells its function of the run', async () => {
    const input =
      '{"a":"<aws.scheduler.execution-id>","b":"<aws.scheduler.scheduled-time>","c":"<aws.scheduler.attempt-number>","d":"<aws.scheduler.schedule-arn>","e":"<other>"}';
    await create({ Target: { ...(schedule().Target as object), Input: input } });
    const [{ token, functionName, event }] = invoked as [Invocation];
    expect(functionName).toBe(FUNCTION);
    expect(event).toEqual({
      a: token.replace('scheduler/', ''),
      ...{ b: '2026-01-01T00:00:01Z', c: '1', e: '<other>' },
      d: 'arn:aws:scheduler:ap-northeast-1:123456789012:schedule/news/cleanup',
    });
  });

  test('that is disabled, deleted or over is not run; one that is enabled again is', async () => {
    await create({ State: 'DISABLED' });
    await pass(20 * MINUTE);
    expect(invoked).toHaveLength(0);
    await update({ State: 'DISABLED' }, { EndDate: '2026-01-01T00:31:00Z' });
    await pass(60 * MINUTE);
    expect(invoked).toHaveLength(3);
    await update({ EndDate: '2026-01-01T00:31:00Z' }, {});
    await pass(10 * MINUTE);
    expect(invoked.length).toBeGreaterThan(3);
    const count = invoked.length;
    await engine.scheduler.resources[SCHEDULE]!.delete({
      ...request(SCHEDULE, schedule(), 'delete'),
      physicalId: 'cleanup',
    });
    await pass(20 * MINUTE);
    expect(invoked).toHaveLength(count);
  });

  test('begins within its window', async () => {
    await create({
      ScheduleExpression: 'at(2026-01-01T01:00:00)',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 30 },
    });
    await pass(59 * MINUTE);
    expect(invoked).toHaveLength(0);
    await pass(32 * MINUTE);
    expect(invoked).toHaveLength(1);
  });

  test.each([
    [{ ScheduleExpression: 'cron(0 3 * * *)' }, /has 5 fields instead of six/],
    [{ ScheduleExpression: 'cron(0 3 * * * *)' }, /needs a question mark/],
    [
      { ScheduleExpression: 'cron(60 3 * * ? *)' },
      /"60" as minute of a cron expression is not within 0 to 59/,
    ],
    [{ ScheduleExpression: 'rate(0 minutes)' }, /is not a number of minutes, hours or days/],
    [{ ScheduleExpression: 'sometimes' }, /is none of rate/],
    [{ ScheduleExpressionTimezone: 'Mars/Base' }, /"Mars\/Base" is no time zone/],
    [{ FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, /1 to 1440 minutes/],
    [{ Target: { Arn: FUNCTION } }, /has an Arn and a RoleArn/],
    [{ Target: { Arn: FUNCTION, RoleArn: 'role', Input: '{' } }, /is no JSON/],
  ])('%j is refused with a sentence', async (over, message) => {
    await expect(create(over)).rejects.toThrow(message);
  });

  test('whose target is no function is kept, not run, and said so', async () => {
    const queue = { Target: { Arn: 'arn:aws:sqs:ap-northeast-1:123456789012:queue', RoleArn: 'role' } };
    await create(queue);
    await pass(10 * MINUTE);
    expect(invoked).toEqual([]);
    const { notCarriedOut } = engine.scheduler.resources[SCHEDULE]!;
    expect(notCarriedOut!(schedule(queue))).toEqual(['schedules whose target is no function are not run']);
    expect(notCarriedOut!(schedule())).toEqual([]);
  });
});

describe('a run', () => {
  test('that its function does not take is tried again within its policy, as the same run', async () => {
    refuses = 'Function not found';
    await create({
      ScheduleExpression: 'at(2026-01-01T00:01:00)',
      Target: { ...(schedule().Target as object), RetryPolicy: { MaximumRetryAttempts: 5 } },
    });
    await pass(MINUTE + 2000, 1000);
    refuses = undefined;
    await pass(10_000, 1000);
    expect(invoked).toHaveLength(1);
    expect(said).toEqual([]);
  });

  test('that nobody takes is dropped when its policy is used up, and said so', async () => {
    refuses = 'Function not found';
    const retry = { RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: { Arn: 'arn:of:queue' } };
    await create({
      ScheduleExpression: 'at(2026-01-01T00:01:00)',
      Target: { ...(schedule().Target as object), ...retry },
    });
    await pass(2 * MINUTE, 1000);
    refuses = undefined;
    await pass(60 * MINUTE);
    expect(invoked).toEqual([]);
    expect(said).toEqual([
      expect.stringMatching(
        /schedule\/news\/cleanup: the run of .* is dropped, which AWS keeps in arn:of:queue: Function not found/,
      ),
    ]);
  });

  test('is begun once, whatever the engine is killed between', async () => {
    await create({ ScheduleExpression: 'cron(0/10 * * * ? *)' });
    await pass(9 * MINUTE);
    await restartAfter(MINUTE);
    expect(invoked).toHaveLength(1);
    await restartAfter(1000);
    await pass(MINUTE);
    expect(invoked).toHaveLength(1);
  });

  test('whose function could not be asked before the engine was killed is begun by the next one', async () => {
    refuses = 'not yet';
    await create();
    refuses = undefined;
    await restartAfter(2000);
    expect(invoked).toHaveLength(1);
  });

  test('that was due while no engine ran is skipped and said so; the next one is in time', async () => {
    await create({ ScheduleExpression: 'cron(0/10 * * * ? *)' });
    await restartAfter(35 * MINUTE);
    expect(invoked).toEqual([]);
    expect(said).toEqual([expect.stringMatching(/skipped what was due since 2026-01-01T00:10:00.000Z/)]);
    await pass(5 * MINUTE);
    expect(invoked).toHaveLength(1);
  });
});

describe('as a resource', () => {
  test('has the identifiers of AWS, and is made once per token', async () => {
    const { scheduler } = engine;
    const group = await scheduler.resources[GROUP]!.create(request(GROUP, { Name: 'news' }));
    expect(group).toEqual({
      physicalId: 'news',
      attributes: {
        Arn: 'arn:aws:scheduler:ap-northeast-1:123456789012:schedule-group/news',
        State: 'ACTIVE',
      },
    });
    const made = await create();
    expect(made).toEqual({
      physicalId: 'cleanup',
      attributes: { Arn: 'arn:aws:scheduler:ap-northeast-1:123456789012:schedule/news/cleanup' },
    });
    expect(await create()).toEqual(made);
    const other = request(SCHEDULE, schedule(), 'another');
    await expect(scheduler.resources[SCHEDULE]!.create(other)).rejects.toThrow(/already exists/);
  });

  test('is gone with its group', async () => {
    await engine.scheduler.resources[GROUP]!.create(request(GROUP, { Name: 'news' }));
    await create();
    await engine.scheduler.resources[GROUP]!.delete({
      ...request(GROUP, { Name: 'news' }, 'delete'),
      physicalId: 'news',
    });
    await pass(20 * MINUTE);
    expect(invoked).toHaveLength(1);
    expect((await ask('/schedules')).body).toEqual({ Schedules: [] });
  });
});

describe('the API', () => {
  test('tells schedules and groups', async () => {
    await engine.scheduler.resources[GROUP]!.create(request(GROUP, { Name: 'news' }));
    await create();
    await create({ Name: 'poll', State: 'DISABLED' });
    const listed = await ask('/schedules?ScheduleGroup=news&MaxResults=1');
    expect(listed.body).toMatchObject({
      Schedules: [{ Name: 'cleanup', GroupName: 'news', State: 'ENABLED', Target: { Arn: FUNCTION } }],
      NextToken: 'news/cleanup',
    });
    const rest = await ask(`/schedules?ScheduleGroup=news&NextToken=${listed.body.NextToken}`);
    expect(rest.body).toMatchObject({ Schedules: [{ Name: 'poll', State: 'DISABLED' }] });
    expect((await ask('/schedules?State=DISABLED')).body.Schedules).toHaveLength(1);
    expect((await ask('/schedules?NamePrefix=cl')).body.Schedules).toHaveLength(1);
    expect((await ask('/schedules/cleanup?groupName=news')).body).toMatchObject({
      ...{ ScheduleExpression: 'rate(5 minutes)', ScheduleExpressionTimezone: 'UTC' },
      ...{ CreationDate: START / 1000, Target: schedule().Target },
    });
    expect((await ask('/schedule-groups')).body).toMatchObject({ ScheduleGroups: [{ Name: 'news' }] });
    expect((await ask('/schedule-groups/news')).body).toMatchObject({ Name: 'news', State: 'ACTIVE' });
  });

  test('says what is not there', async () => {
    const { status, body } = await ask('/schedules/nothing');
    expect([status, body]).toEqual([
      404,
      expect.objectContaining({ Message: 'Schedule nothing does not exist.' }),
    ]);
    expect((await ask('/schedule-groups/nothing')).status).toBe(404);
  });
});
