/** Counts attempts, for all tasks together. */
export type AttemptStore = {
  /** Counts one more and returns how many there have been under this key, this one included. */
  readonly count: (key: string, expiresAt: number) => Promise<number>;
  /** Forgets the attempts under this key. */
  readonly forget: (key: string) => Promise<void>;
};

/** Counts for the life of the process, for development and tests. */
export function createMemoryAttemptStore(now: () => Date): AttemptStore {
  const counts = new Map<string, { attempts: number; expiresAt: number }>();
  return {
    count: async (key, expiresAt) => {
      for (const [old, { expiresAt }] of counts) if (expiresAt * 1000 <= now().getTime()) counts.delete(old);
      const attempts = (counts.get(key)?.attempts ?? 0) + 1;
      counts.set(key, { attempts, expiresAt });
      return attempts;
    },
    forget: async key => {
      counts.delete(key);
    },
  };
}
