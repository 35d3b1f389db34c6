import type { Day } from './day.ts';
import { isFinished, readSnapshot, type Snapshot, writeSnapshot } from './snapshot.ts';

/** Where snapshots are kept, one for each instrument and day. */
export type SnapshotStore = {
  readonly read: (symbol: string, day: Day) => Promise<KeptSnapshot | undefined>;
  /**
   * Keeps the snapshot if what is kept of its day is still the version `replaces`, or nothing where that is missing.
   * Returns whether it did: false means that somebody else was faster.
   */
  readonly write: (snapshot: Snapshot, replaces?: Version) => Promise<boolean>;
  /** Returns the days after `after` that something is kept of, in their order, at most `limit`. */
  readonly days: (symbol: string, page: { after?: Day | undefined; limit: number }) => Promise<Day[]>;
  /** Settles if the store answers. */
  readonly check: () => Promise<void>;
};

/** Names what is kept at one time; it changes with the content. */
export type Version = string;
export type KeptSnapshot = { readonly snapshot: Snapshot; readonly version: Version };

/** The store does not answer, or not in time. All of its functions throw it. */
export class SnapshotsAway extends Error {
  readonly code = 'SNAPSHOTS_AWAY';
  override readonly name = 'SnapshotsAway';
}

/** Keeps snapshots for the life of the process, for development and tests. */
export function createMemorySnapshotStore(): SnapshotStore {
  const kept = new Map<string, { text: string; version: Version }>();
  let versions = 0;
  const keyOf = (symbol: string, day: Day) => `${symbol}/${day}`;
  return {
    read: async (symbol, day) => {
      const found = kept.get(keyOf(symbol, day));
      return found && { snapshot: readSnapshot(found.text), version: found.version };
    },
    write: async (snapshot, replaces) => {
      const key = keyOf(snapshot.symbol, snapshot.day);
      if (kept.get(key)?.version !== replaces) return false;
      kept.set(key, { text: writeSnapshot(snapshot), version: String(versions++) });
      return true;
    },
    days: async (symbol, { after = '', limit }) => {
      const own = [...kept.keys()].filter(key => key.startsWith(`${symbol}/`));
      const days = own.map(key => key.slice(symbol.length + 1)).sort();
      return days.filter(day => day > after).slice(0, limit);
    },
    check: async () => {},
  };
}

/** Remembers up to `size` finished days, which never change, of another store. */
export function rememberFinishedDays(store: SnapshotStore, size: number): SnapshotStore {
  const remembered = new Map<string, KeptSnapshot>();
  return {
    ...store,
    read: async (symbol, day) => {
      const key = `${symbol}/${day}`;
      const known = remembered.get(key);
      const found = known ?? (await store.read(symbol, day));
      if (found === undefined || !isFinished(found.snapshot)) return found;
      remembered.delete(key);
      remembered.set(key, found);
      if (remembered.size > size) remembered.delete(remembered.keys().next().value!);
      return found;
    },
  };
}
