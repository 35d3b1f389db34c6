import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Target } from './target.ts';

export interface LogLine {
  /** Epoch milliseconds. */
  at: number;
  stream: string;
  text: string;
  id: string;
}

/** The last lines of one log stream, oldest first; none when the stream is not there. */
export async function lastLines(
  target: Target,
  where: { group: string; stream: string },
  limit: number,
): Promise<string[]> {
  const request = new GetLogEventsCommand({
    logGroupName: where.group,
    logStreamName: where.stream,
    limit,
    startFromHead: false,
  });
  const answer = await new CloudWatchLogsClient(target).send(request).catch(ifMissing);
  return (answer?.events ?? []).map(event => (event.message ?? '').trimEnd());
}

/** The lines of a log group since a time, oldest first; undefined when there is no such group. */
export async function linesSince(
  target: Target,
  where: { group: string; streams?: string[]; since: number },
): Promise<LogLine[] | undefined> {
  const client = new CloudWatchLogsClient(target);
  const lines: LogLine[] = [];
  let nextToken: string | undefined;
  do {
    const request = new FilterLogEventsCommand({
      logGroupName: where.group,
      startTime: where.since,
      ...(where.streams && { logStreamNames: where.streams }),
      ...(nextToken && { nextToken }),
    });
    const answer = await client.send(request).catch(ifMissing);
    if (!answer) return undefined;
    for (const event of answer.events ?? []) {
      lines.push({
        at: event.timestamp ?? 0,
        stream: event.logStreamName ?? '',
        text: (event.message ?? '').trimEnd(),
        id: event.eventId ?? '',
      });
    }
    nextToken = answer.nextToken;
  } while (nextToken);
  return lines;
}

function ifMissing(error: unknown): undefined {
  if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
  throw error;
}
