import { appendFile } from 'node:fs/promises';
import type { Api, Operation } from '../../core/api.ts';
import { arn, nameOf } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import { readBackward, readForward } from './events.ts';
import { filterEvents } from './filter-events.ts';
import { filterPattern } from './filter-pattern.ts';
import { putLine } from './line.ts';
import type { LogFiles, LogGroup, LogStream } from './log-files.ts';
import { afterToken, limitOf, numberOf, page, textOf } from './request.ts';

const MOST_EVENTS = 10_000;

/** CloudWatch Logs, JSON 1.1, as far as reading and writing log streams goes. */
export function createLogsApi(context: Context, files: LogFiles): Api {
  const groupOf = (input: Record<string, unknown>): LogGroup => {
    const name = groupName(input);
    const group = files.groups.get(name);
    if (!group) throw missing('log group');
    return group;
  };
  const streamOf = (input: Record<string, unknown>): LogStream => {
    const group = groupOf(input);
    const stream = files.stream(group.name, textOf(input, 'logStreamName'));
    if (!stream) throw missing('log stream');
    return stream;
  };

  const operations: Record<string, Operation> = {
    DescribeLogGroups: input => {
      const pattern = String(input.logGroupNamePattern ?? '').toLowerCase();
      const groups = files.groups
        .values(input.logGroupNamePrefix ?? '')
        .filter(group => group.name.toLowerCase().includes(pattern));
      const { items, nextToken } = page(groups, limitOf(input, 50), input.nextToken);
      return { logGroups: items.map(group => groupView(context, files, group)), nextToken };
    },
    DescribeLogStreams: input => {
      const group = groupOf(input);
      const streams = files.streams(group.name, input.logStreamNamePrefix ?? '').map(stream => ({
        ...streamView(context, files, stream),
      }));
      if (input.orderBy === 'LastEventTime') {
        streams.sort((a, b) => (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0));
      }
      if (input.descending === true) streams.reverse();
      const { items, nextToken } = page(streams, limitOf(input, 50), input.nextToken);
      return { logStreams: items, nextToken };
    },
    GetLogEvents: async input => {
      const stream = streamOf(input);
      const path = files.path(stream.group, stream.name);
      const query = {
        limit: limitOf(input, MOST_EVENTS),
        startTime: numberOf(input, 'startTime'),
        endTime: numberOf(input, 'endTime'),
      };
      const token = afterToken(input.nextToken);
      const now = context.clock.now();
      const forward = token ? token.direction === 'f' : input.startFromHead === true;
      if (forward) {
        const from = token?.offset ?? 0;
        const { events, next } = await readForward(path, from, query, now);
        return eventsAnswer(events, { back: events[0]?.start ?? from, forward: next });
      }
      const until = token?.offset ?? Number.POSITIVE_INFINITY;
      const { events, next } = await readBackward(path, until, query, now);
      const end = Number.isFinite(until) ? until : (files.written(stream.group, stream.name)?.bytes ?? 0);
      return eventsAnswer(events, { back: next, forward: events.at(-1)?.end ?? end });
    },
    FilterLogEvents: input => {
      const group = groupOf(input);
      const names = input.logStreamNames as string[] | undefined;
      const streams = files
        .streams(group.name, input.logStreamNamePrefix ?? '')
        .filter(stream => names?.includes(stream.name) ?? true);
      return filterEvents(files, streams, {
        limit: limitOf(input, MOST_EVENTS),
        startTime: numberOf(input, 'startTime'),
        endTime: numberOf(input, 'endTime'),
        matches: filterPattern(input.filterPattern),
        token: input.nextToken,
        now: context.clock.now(),
      });
    },
    CreateLogGroup: input => {
      const name = textOf(input, 'logGroupName');
      if (files.groups.get(name)) throw exists('log group');
      files.putGroup({ name, tags: input.tags ?? {} });
      return {};
    },
    DeleteLogGroup: input => {
      files.deleteGroup(groupOf(input).name);
      return {};
    },
    PutRetentionPolicy: input => {
      files.putGroup({ ...groupOf(input), retentionInDays: Number(input.retentionInDays) });
      return {};
    },
    CreateLogStream: input => {
      const group = groupOf(input);
      const name = textOf(input, 'logStreamName');
      if (files.stream(group.name, name)) throw exists('log stream');
      files.file(group.name, name);
      return {};
    },
    DeleteLogStream: input => {
      const stream = streamOf(input);
      files.deleteStream(stream.group, stream.name);
      return {};
    },
    PutLogEvents: async input => {
      const stream = streamOf(input);
      const lines = (input.logEvents as { timestamp: number; message: string }[]).map(event =>
        putLine(event.timestamp, event.message),
      );
      await appendFile(files.path(stream.group, stream.name), lines.join(''));
      return { nextSequenceToken: '0' };
    },
    ListTagsForResource: input => ({ tags: groupOf({ logGroupIdentifier: input.resourceArn }).tags }),
  };
  return { service: 'logs', protocol: 'json-1.1', operations };
}

function eventsAnswer(
  events: { timestamp: number; message: string }[],
  tokens: { back: number; forward: number },
): object {
  return {
    events: events.map(({ timestamp, message }) => ({ timestamp, message, ingestionTime: timestamp })),
    nextForwardToken: `f/${tokens.forward}`,
    nextBackwardToken: `b/${tokens.back}`,
  };
}

function groupName(input: Record<string, unknown>): string {
  const given = input.logGroupName ?? input.logGroupIdentifier;
  if (typeof given !== 'string') throw new AwsError('InvalidParameterException', 'logGroupName is missing');
  return given.startsWith('arn:') ? nameOfGroupArn(given) : given;
}

/** `arn:aws:logs:<region>:<account>:log-group:<name>`, perhaps with `:*` behind it. */
function nameOfGroupArn(text: string): string {
  return text.split(':').slice(6, 7)[0] ?? nameOf(text);
}

function groupView(context: Context, files: LogFiles, group: LogGroup): object {
  const logGroupArn = arn('logs', context, `log-group:${group.name}`);
  const stored = files.streams(group.name).map(each => files.written(group.name, each.name)?.bytes ?? 0);
  return {
    logGroupName: group.name,
    creationTime: group.createdAt,
    ...(group.retentionInDays === undefined ? {} : { retentionInDays: group.retentionInDays }),
    metricFilterCount: 0,
    arn: `${logGroupArn}:*`,
    logGroupArn,
    storedBytes: stored.reduce((sum, each) => sum + each, 0),
    logGroupClass: 'STANDARD',
  };
}

function streamView(context: Context, files: LogFiles, stream: LogStream) {
  const written = files.written(stream.group, stream.name);
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAt,
    ...(written ? { lastEventTimestamp: written.at, lastIngestionTime: written.at } : {}),
    arn: arn('logs', context, `log-group:${stream.group}:log-stream:${stream.name}`),
    storedBytes: 0,
  };
}

function missing(noun: string): AwsError {
  return new AwsError('ResourceNotFoundException', `The specified ${noun} does not exist.`);
}

function exists(noun: string): AwsError {
  return new AwsError('ResourceAlreadyExistsException', `The specified ${noun} already exists`);
}
