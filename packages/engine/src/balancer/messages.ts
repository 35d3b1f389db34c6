import type { Socket } from 'node:net';
import type { RoutingTable } from './table.ts';

/** What the engine says to the balancer, one JSON object a line. */
export type Request =
  | { type: 'table'; table: RoutingTable }
  | { type: 'metrics'; id: number }
  | { type: 'requests'; id: number };

/** What the balancer says to the engine, one JSON object a line. */
export type Report =
  /** First on every connection: the table in force, 0 when there is none yet. */
  | { type: 'hello'; number: number; pid: number }
  /** The table is in force: new requests follow it. `rejected` says why a table was not taken. */
  | { type: 'ack'; number: number; rejected?: string }
  /** Every listener, on connect and when one changed. */
  | { type: 'listeners'; listeners: ListenerState[] }
  /** Every target with `full`, else those that changed. */
  | { type: 'health'; full: boolean; targets: TargetReport[] }
  /** Deregistered targets that have nothing left to do. */
  | { type: 'drained'; targets: TargetRef[] }
  | { type: 'metrics'; id: number; groups: Record<string, GroupMetrics> }
  | { type: 'requests'; id: number; requests: AccessRecord[] };

export interface TargetRef {
  /** The target group's key. */
  group: string;
  address: string;
  port: number;
  registration: string;
}

export interface TargetReport extends TargetRef {
  state: 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';
  /** AWS's reason code: `Target.Timeout`, … Absent when healthy. */
  reason?: string;
  description?: string;
}

export interface ListenerState {
  key: string;
  name: string;
  address: string;
  /** The port that is listened on, or that could not be. */
  port: number;
  listening: boolean;
  /** `EADDRINUSE`, … when it does not listen. */
  code?: string;
  message?: string;
}

/** Counters since the balancer started, as CloudWatch names them in lower case. */
export interface GroupMetrics {
  requestCount: number;
  target2xx: number;
  target3xx: number;
  target4xx: number;
  target5xx: number;
  /** Answers that the balancer had to make itself: 502, 503, 504. */
  elb5xx: number;
  targetConnectionErrors: number;
  /** Sum of the milliseconds from a request to the head of its answer. */
  targetResponseTimeMs: number;
}

/** One request as the access log tells it. */
export interface AccessRecord {
  /** Epoch milliseconds. */
  time: number;
  listener: string;
  client: string;
  method: string;
  path: string;
  status: number;
  target: string;
  durationMs: number;
}

/** A whole table of some thousand targets is far below this; a line without an end must not fill the memory. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** Writes one message; does nothing on a closed connection. */
export function sendMessage(socket: Socket, message: Request | Report): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

/** Calls `take` with every message that arrives. A line that is no JSON closes the connection. */
export function readMessages<T>(socket: Socket, take: (message: T) => void): void {
  let parts: Buffer[] = [];
  let size = 0;
  socket.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, end)]);
      parts = [];
      size = 0;
      from = end + 1;
      const message = parse<T>(line);
      if (message === undefined) return void socket.destroy();
      take(message);
    }
    parts.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > MAX_LINE_BYTES) socket.destroy();
  });
}

function parse<T>(line: Buffer): T | undefined {
  try {
    return JSON.parse(line.toString('utf8')) as T;
  } catch {
    return undefined;
  }
}
