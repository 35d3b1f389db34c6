import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from './clock.ts';

/** What happened, in EventBridge's own shape, so that rules match here what they match in AWS. */
export interface EngineEvent {
  /** For instance `aws.codepipeline`. */
  source: string;
  /** For instance `CodePipeline Stage Execution State Change`. */
  'detail-type': string;
  /** ARNs of what it is about. */
  resources: string[];
  detail: Record<string, unknown>;
}

/** An event as it was recorded. */
export interface RecordedEvent extends EngineEvent {
  /** Grows by one with every event of this engine. */
  seq: number;
  /** ISO 8601, by the engine's clock. */
  time: string;
}

/** Events are rows, written in the transaction of the change that they tell. Nothing is ever replayed from them. */
export interface EventLog {
  append(event: EngineEvent): void;
  /** Events after `seq`, oldest first, at most `limit`. */
  after(seq: number, limit?: number): RecordedEvent[];
  /** The newest sequence number, 0 when there is none. */
  last(): number;
}

interface EventLogOptions {
  database: DatabaseSync;
  clock: Clock;
  transaction: <R>(work: () => R) => R;
  touch: () => void;
}

export function openEventLog({ database, clock, transaction, touch }: EventLogOptions): EventLog {
  database.exec(
    'CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL)',
  );
  const insert = database.prepare('INSERT INTO events (event) VALUES (?)');
  const select = database.prepare('SELECT seq, event FROM events WHERE seq > ? ORDER BY seq LIMIT ?');
  const newest = database.prepare('SELECT max(seq) AS seq FROM events');
  return {
    append: event =>
      transaction(() => {
        touch();
        insert.run(JSON.stringify({ ...event, time: new Date(clock.now()).toISOString() }));
      }),
    after: (seq, limit = 1000) =>
      (select.all(seq, limit) as { seq: number; event: string }[]).map(row => ({
        ...(JSON.parse(row.event) as Omit<RecordedEvent, 'seq'>),
        seq: row.seq,
      })),
    last: () => (newest.get() as { seq: number | null }).seq ?? 0,
  };
}
