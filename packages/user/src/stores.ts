import type { ReadyCheck } from '@slipway/service-kit';
import { type AttemptStore, createMemoryAttemptStore } from './attempt-store.ts';
import type { Tables } from './config.ts';
import { createMemorySessionStore, type SessionStore } from './session-store.ts';
import { createMemoryUserStore, type UserStore } from './user-store.ts';

/** Everything that is kept. */
export type Stores = {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly attempts: AttemptStore;
  /** Asks each whether it can be used. */
  readonly ready: Readonly<Record<string, ReadyCheck>>;
};

/** Opens the tables, or without them stores that last as long as the process. The SDK is loaded only if it is used. */
export async function openStores(tables: Tables | undefined, now: () => Date): Promise<Stores> {
  if (tables === undefined) return openMemoryStores(now);
  const { openDynamoStores } = await import('./dynamo-stores.ts');
  return openDynamoStores(tables);
}

/** Opens stores that last as long as the process, with nothing in them. */
export function openMemoryStores(now: () => Date): Stores {
  return {
    users: createMemoryUserStore(),
    sessions: createMemorySessionStore(now),
    attempts: createMemoryAttemptStore(now),
    ready: {},
  };
}
