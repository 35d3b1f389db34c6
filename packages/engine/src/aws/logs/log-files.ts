import { createHash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { LogStreams } from '../../core/log-streams.ts';
import type { Table } from '../../core/store.ts';
import { lineText } from './line.ts';

export interface LogGroup {
  name: string;
  createdAt: number;
  retentionInDays?: number;
  tags: Record<string, string>;
}

export interface LogStream {
  group: string;
  name: string;
  createdAt: number;
}

/** How much of a file's end is looked at for its last lines. */
const TAIL_BYTES = 256 * 1024;

/**
 * Log groups and streams: rows that carry the names, and one file per stream under `<state>/logs/`. Names come from
 * outside and may hold anything, so file names are made of a readable part and a hash.
 */
export class LogFiles implements LogStreams {
  readonly #context: Context;
  readonly groups: Table<LogGroup>;
  readonly #streams: Table<LogStream>;

  constructor(context: Context) {
    this.#context = context;
    this.groups = context.store.table('logs_groups');
    this.#streams = context.store.table('logs_streams');
  }

  file(group: string, stream: string): string {
    checkStreamName(stream);
    if (!this.groups.get(group)) this.putGroup({ name: group, tags: {} });
    const path = this.path(group, stream);
    if (this.stream(group, stream)) return path;
    mkdirSync(this.#directory(group), { recursive: true, mode: 0o700 });
    writeFileSync(path, '', { flag: 'a', mode: 0o600 });
    this.#streams.put(streamKey(group, stream), {
      group,
      name: stream,
      createdAt: this.#context.clock.now(),
    });
    return path;
  }

  tail(group: string, stream: string, lines: number): string[] {
    const all = readEnd(this.path(group, stream), TAIL_BYTES).split('\n');
    if (all.at(-1) === '') all.pop();
    return lines > 0 ? all.slice(-lines).map(lineText) : [];
  }

  /** Makes or changes a group; its creation time stays. Throws InvalidParameterException for a name AWS refuses. */
  putGroup(group: Omit<LogGroup, 'createdAt'>): LogGroup {
    if (!/^[\w./#-]{1,512}$/.test(group.name)) throw invalid('logGroupName', group.name);
    const createdAt = this.groups.get(group.name)?.createdAt ?? this.#context.clock.now();
    const stored = { ...group, createdAt };
    this.groups.put(group.name, stored);
    return stored;
  }

  deleteGroup(name: string): void {
    this.#context.store.transaction(() => {
      this.groups.delete(name);
      for (const key of this.#streams.keys(streamKey(name, ''))) this.#streams.delete(key);
    });
    rmSync(this.#directory(name), { recursive: true, force: true });
  }

  stream(group: string, name: string): LogStream | undefined {
    return this.#streams.get(streamKey(group, name));
  }

  streams(group: string, prefix = ''): LogStream[] {
    return this.#streams.values(streamKey(group, prefix));
  }

  /** The files of all streams. */
  paths(): string[] {
    return this.#streams.values().map(({ group, name }) => this.path(group, name));
  }

  deleteStream(group: string, name: string): void {
    this.#streams.delete(streamKey(group, name));
    rmSync(this.path(group, name), { force: true });
  }

  /** The stream's file, whether it exists or not. */
  path(group: string, stream: string): string {
    return join(this.#directory(group), `${fileName(stream)}.log`);
  }

  /** Bytes and time of the last write (epoch milliseconds); undefined when nothing was ever written. */
  written(group: string, stream: string): { bytes: number; at: number } | undefined {
    const found = statSync(this.path(group, stream), { throwIfNoEntry: false });
    return found && found.size > 0 ? { bytes: found.size, at: Math.floor(found.mtimeMs) } : undefined;
  }

  #directory(group: string): string {
    return join(this.#context.state, 'logs', fileName(group));
  }
}

/** Group names cannot hold a NUL, so no group's streams are another one's prefix. */
function streamKey(group: string, stream: string): string {
  return `${group}\u0001${stream}`;
}

function checkStreamName(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in a name
  if (!/^[^:*\u0000-\u001f]{1,512}$/u.test(name)) throw invalid('logStreamName', name);
}

function invalid(member: string, value: string): AwsError {
  const shown = JSON.stringify(value.slice(0, 80));
  return new AwsError(
    'InvalidParameterException',
    `1 validation error detected: ${shown} is no valid ${member}`,
  );
}

function fileName(name: string): string {
  const readable = name
    .replace(/[^a-zA-Z0-9-]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 80);
  return `${readable}~${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

function readEnd(path: string, bytes: number): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, bytes));
    const read = readSync(file, buffer, 0, buffer.length, size - buffer.length);
    const text = buffer.toString('utf8', 0, read);
    return size > bytes ? text.slice(text.indexOf('\n') + 1) : text;
  } finally {
    closeSync(file);
  }
}
