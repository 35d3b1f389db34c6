import type { Rotation, Session } from './session.ts';

/** Where sessions are kept. What has expired may still be found for a while. */
export type SessionStore = {
  readonly add: (session: Session) => Promise<void>;
  readonly find: (id: string) => Promise<Session | undefined>;
  /** Replaces the current token unless it is not `from` any more; of two at the same time one does. */
  readonly rotate: (id: string, from: string, rotation: Rotation) => Promise<boolean>;
  /** Ends it, if there is one. */
  readonly remove: (id: string) => Promise<void>;
};

/** Keeps sessions for the life of the process, for development and tests. */
export function createMemorySessionStore(now: () => Date): SessionStore {
  const byId = new Map<string, Session>();
  return {
    add: async session => {
      for (const [id, { expiresAt }] of byId) if (expiresAt * 1000 <= now().getTime()) byId.delete(id);
      byId.set(session.id, session);
    },
    find: async id => byId.get(id),
    rotate: async (id, from, rotation) => {
      const session = byId.get(id);
      if (session?.currentHash !== from) return false;
      byId.set(id, { ...session, ...rotation });
      return true;
    },
    remove: async id => {
      byId.delete(id);
    },
  };
}
