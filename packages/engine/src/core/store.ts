import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Clock } from './clock.ts';
import { type EventLog, openEventLog } from './events.ts';

/**
 * The engine's memory: tables of JSON values by key, and the event log, in one SQLite file that only the engine
 * writes. Everything is synchronous, so a read-then-write inside one tick cannot be interleaved.
 */
export interface Store {
  /** The table of that name (lower case, digits, underscores; prefix it with your service), made when missing. */
  table<T>(name: string): Table<T>;
  /** Runs `work` so that all its writes and events happen or none; joins the transaction under way, if any. */
  transaction<R>(work: () => R): R;
  readonly events: EventLog;
  /** Calls `listener` after every committed change. Returns a function that stops it. */
  onCommit(listener: () => void): () => void;
  close(): void;
}

/** Keys are ordered strings; give parts with `/` between them (`cluster/service`) and list by prefix. */
export interface Table<T> {
  get(key: string): T | undefined;
  /** Writes `value`; a value equal to the stored one is no change and wakes nobody. */
  put(key: string, value: T): void;
  /** Replaces the value by `change(value)` and returns it. Throws when the key is missing. */
  update(key: string, change: (value: T) => T): T;
  delete(key: string): void;
  /** Keys that start with `prefix`, in order. */
  keys(prefix?: string): string[];
  /** Values whose key starts with `prefix`, in the order of their keys. */
  values(prefix?: string): T[];
  entries(prefix?: string): [string, T][];
}

/** Opens the store in `file` (`:memory:` for tests). Throws when another engine holds it. */
export function openStore(file: string, clock: Clock): Store {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  const listeners = new Set<() => void>();
  const tables = new Map<string, Table<unknown>>();
  let depth = 0;
  let changed = false;

  /** Called before the first write: most transactions only look, and nobody else writes meanwhile. */
  const touch = (): void => {
    if (!changed) database.exec('BEGIN IMMEDIATE');
    changed = true;
  };
  const transaction = <R>(work: () => R): R => {
    if (depth > 0) return work();
    depth++;
    changed = false;
    let result: R;
    try {
      result = work();
      if (changed) database.exec('COMMIT');
    } catch (error) {
      if (changed) database.exec('ROLLBACK');
      throw error;
    } finally {
      depth--;
    }
    if (changed) for (const listener of [...listeners]) listener();
    return result;
  };

  const events = openEventLog({ database, clock, transaction, touch });
  return {
    table: <T>(name: string): Table<T> => {
      const table = tables.get(name) ?? openTable(database, name, transaction, touch);
      tables.set(name, table);
      return table as Table<T>;
    },
    transaction,
    events,
    onCommit: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => database.close(),
  };
}

type Transaction = <R>(work: () => R) => R;

function openTable<T>(
  database: DatabaseSync,
  name: string,
  transaction: Transaction,
  touch: () => void,
): Table<T> {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new Error(`"${name}" is no table name`);
  database.exec(
    `CREATE TABLE IF NOT EXISTS "${name}" (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`,
  );
  const one = database.prepare(`SELECT value FROM "${name}" WHERE key = ?`);
  const range = database.prepare(`SELECT key, value FROM "${name}" WHERE key >= ? AND key < ? ORDER BY key`);
  const write = database.prepare(`INSERT OR REPLACE INTO "${name}" (key, value) VALUES (?, ?)`);
  const remove = database.prepare(`DELETE FROM "${name}" WHERE key = ?`);
  const text = (key: string): string | undefined => (one.get(key) as { value: string } | undefined)?.value;
  const rows = (prefix = ''): [string, string][] => readRange(range, prefix);

  const table: Table<T> = {
    get: key => parse<T>(text(key)),
    put: (key, value) => {
      const next = JSON.stringify(value);
      if (next === text(key)) return;
      transaction(() => {
        touch();
        write.run(key, next);
      });
    },
    update: (key, change) =>
      transaction(() => {
        const value = table.get(key);
        if (value === undefined) throw new Error(`${name} has no "${key}"`);
        const next = change(value);
        table.put(key, next);
        return next;
      }),
    delete: key =>
      transaction(() => {
        if (text(key) === undefined) return;
        touch();
        remove.run(key);
      }),
    keys: prefix => rows(prefix).map(([key]) => key),
    values: prefix => rows(prefix).map(([, value]) => JSON.parse(value) as T),
    entries: prefix => rows(prefix).map(([key, value]) => [key, JSON.parse(value) as T]),
  };
  return table;
}

function readRange(range: StatementSync, prefix: string): [string, string][] {
  const rows = range.all(prefix, `${prefix}\u{10FFFF}`) as { key: string; value: string }[];
  return rows.map(row => [row.key, row.value]);
}

function parse<T>(text: string | undefined): T | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
