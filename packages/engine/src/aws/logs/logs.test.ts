import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../core/clock.ts';
import type { Context } from '../../core/context.ts';
import { openTestContext } from '../../core/test-context.ts';
import { openTestWire, type TestWire } from '../../wire/test-wire.ts';
import { createLogs, type Logs } from './index.ts';

const group = '/slipway/staging/news';
const stream = 'news/news/0123';
let context: Context;
let logs: Logs;
let wire: TestWire;
let client: CloudWatchLogsClient;

beforeEach(async () => {
  const clock = new ManualClock(Date.now() + 3_600_000);
  context = openTestContext({ clock, state: mkdtempSync(join(tmpdir(), 'slipway-logs-')) });
  logs = createLogs(context);
  wire = await openTestWire({ apis: [logs.api] });
  client = new CloudWatchLogsClient(wire.clientConfig);
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  context.store.close();
  rmSync(context.state, { recursive: true, force: true });
});

const write = (text: string, to = stream): void => appendFileSync(logs.streams.file(group, to), text);
const numbered = (count: number): string => Array.from({ length: count }, (_, at) => `line ${at}\n`).join('');
const messages = (answer: { events?: { message?: string | undefined }[] | undefined }) =>
  answer.events?.map(each => each.message);
const read = (input: object) =>
  client.send(new GetLogEventsCommand({ logGroupName: group, logStreamName: stream, ...input }));
const filter = (input: object) => client.send(new FilterLogEventsCommand({ logGroupName: group, ...input }));

describe('log streams', () => {
  test('hostile names stay inside the log directory, one file each', () => {
    for (const name of ['../../../etc/passwd', '..', 'A/b', 'a/b', 'x'.repeat(512)]) write('x\n', name);
    const files = readdirSync(join(context.state, 'logs'), { recursive: true, withFileTypes: true });
    expect(files.filter(each => each.isFile())).toHaveLength(5);
    expect(readdirSync(context.state)).toEqual(['logs']);
    expect(() => logs.streams.file('no group\n', 'a')).toThrow(/logGroupName/);
    expect(() => logs.streams.file(group, 'a:b')).toThrow(/logStreamName/);
  });

  test('the tail is the last lines, oldest first, and empty when there is none', () => {
    write(`${numbered(30)}unfinished`);
    expect(logs.streams.tail(group, stream, 3)).toEqual(['line 28', 'line 29', 'unfinished']);
    expect(logs.streams.tail(group, 'none', 3)).toEqual([]);
  });
});

describe('reading events', () => {
  test('starts with the newest page, and the tokens lead back and on again', async () => {
    write(numbered(5));
    const newest = await read({ limit: 2 });
    expect(messages(newest)).toEqual(['line 3', 'line 4']);
    const older = await read({ limit: 2, nextToken: newest.nextBackwardToken });
    expect(messages(older)).toEqual(['line 1', 'line 2']);
    expect(messages(await read({ nextToken: older.nextForwardToken }))).toEqual(['line 3', 'line 4']);
    expect(messages(await read({ nextToken: newest.nextForwardToken }))).toEqual([]);
  });

  test('a reader that follows gets each line once, and the same token while there is nothing new', async () => {
    write(numbered(2));
    const first = await read({ startFromHead: true });
    expect(messages(first)).toEqual(['line 0', 'line 1']);
    const empty = await read({ nextToken: first.nextForwardToken });
    expect(empty.nextForwardToken).toBe(first.nextForwardToken);
    write('line 2\n');
    expect(messages(await read({ nextToken: empty.nextForwardToken }))).toEqual(['line 2']);
  });

  test('reads streams of many windows in both directions without losing a line', async () => {
    const long = Array.from({ length: 12_000 }, (_, at) => `${at} ${'x'.repeat(250)}\n`).join('');
    write(long);
    const seen: number[] = [];
    let token: string | undefined;
    for (;;) {
      const page = await read({ limit: 5000, ...(token ? { nextToken: token } : {}) });
      if (page.events!.length === 0) break;
      seen.unshift(...page.events!.map(each => Number.parseInt(each.message!, 10)));
      token = page.nextBackwardToken;
    }
    expect(seen).toEqual(Array.from({ length: 12_000 }, (_, at) => at));
    const all = await filter({ filterPattern: '" xxx"', limit: 10_000 });
    expect(all.events).toHaveLength(10_000);
    const rest = await filter({ limit: 10_000, nextToken: all.nextToken });
    expect(rest.events![0]!.message).toMatch(/^10000 /);
  });

  test("a line's time is its own, else that of the line before, and filters by time use it", async () => {
    write('{"level":30,"time":1700000000000,"msg":"pino"}\n    at stack\n2023-11-14T22:14:00Z iso\n');
    const all = await read({ startFromHead: true });
    expect(all.events!.map(each => each.timestamp)).toEqual([1700000000000, 1700000000000, 1700000040000]);
    expect(messages(await read({ startTime: 1700000000001 }))).toEqual(['2023-11-14T22:14:00Z iso']);
  });
});

describe('filtering events', () => {
  test('merges streams in order of time, page by page, each event once', async () => {
    for (const at of [0, 2, 4]) write(`{"time":${1700000000000 + at},"n":${at}}\n`, 'a');
    for (const at of [1, 3, 5]) write(`{"time":${1700000000000 + at},"n":${at}}\n`, 'b');
    const seen: number[] = [];
    let nextToken: string | undefined;
    do {
      const page = await filter({ limit: 2, nextToken });
      seen.push(...page.events!.map(each => JSON.parse(each.message!).n));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('takes words, phrases, exclusions and alternatives, and refuses what it does not carry out', async () => {
    write('ERROR in x\nWARN in y\nERROR timeout in z\nok\n');
    expect(messages(await filter({ filterPattern: 'ERROR -timeout' }))).toEqual(['ERROR in x']);
    expect(messages(await filter({ filterPattern: '?WARN ?ok' }))).toEqual(['WARN in y', 'ok']);
    expect(messages(await filter({ filterPattern: '"in z"' }))).toEqual(['ERROR timeout in z']);
    await expect(filter({ filterPattern: '{ $.level = 50 }' })).rejects.toThrow(/not carried out locally/);
  });
});

describe('clients', () => {
  test('make groups and streams, write events of several lines and read them back', async () => {
    const names = { logGroupName: '/own', logStreamName: 's' };
    await client.send(new CreateLogGroupCommand({ logGroupName: '/own' }));
    await client.send(new CreateLogStreamCommand(names));
    const logEvents = [{ timestamp: 1700000000000, message: 'two\nlines' }];
    await client.send(new PutLogEventsCommand({ ...names, logEvents }));
    const { events } = await client.send(new GetLogEventsCommand(names));
    expect(events).toMatchObject(logEvents);
    await expect(client.send(new CreateLogStreamCommand(names))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
    await client.send(new DeleteLogGroupCommand({ logGroupName: '/own' }));
    await expect(client.send(new GetLogEventsCommand(names))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('see groups and streams as AWS shows them', async () => {
    write('x\n');
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/slipway' }));
    expect(logGroups).toMatchObject([
      {
        logGroupName: group,
        arn: `arn:aws:logs:ap-northeast-1:123456789012:log-group:${group}:*`,
        storedBytes: 2,
      },
    ]);
    const described = await client.send(
      new DescribeLogStreamsCommand({ logGroupName: group, orderBy: 'LastEventTime', descending: true }),
    );
    expect(described.logStreams).toMatchObject([{ logStreamName: stream }]);
  });
});

describe('AWS::Logs::LogGroup', () => {
  const request = (token: string) => ({
    stack: { name: 'st', id: 'arn:st', region: 'r', account: 'a', tags: {} },
    logicalId: 'Logs',
    type: 'AWS::Logs::LogGroup',
    properties: { LogGroupName: group, RetentionInDays: 30 },
    token,
  });

  test('is made once per token, and an existing group is refused as in AWS', async () => {
    const handler = logs.resources['AWS::Logs::LogGroup']!;
    const made = await handler.create(request('one'));
    expect(made).toEqual({
      physicalId: group,
      attributes: { Arn: `arn:aws:logs:ap-northeast-1:123456789012:log-group:${group}:*` },
    });
    expect(await handler.create(request('one'))).toEqual(made);
    await expect(handler.create(request('two'))).rejects.toThrow(/already exists/);
    await handler.delete({ ...request('three'), physicalId: group });
    await handler.create(request('two'));
  });
});
