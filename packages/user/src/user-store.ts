import type { User } from './user.ts';

/** Where users are kept. */
export type UserStore = {
  /** Adds the user unless its e-mail address is taken; of two at the same time one is added. */
  readonly add: (user: User) => Promise<'added' | 'email-taken'>;
  readonly findById: (id: string) => Promise<User | undefined>;
  /** Returns at most `limit` users, the newest first. */
  readonly listNewest: (limit: number) => Promise<User[]>;
};

/** Keeps users for the life of the process, for development and tests. */
export function createMemoryUserStore(): UserStore {
  const byEmail = new Map<string, User>();
  const all = () => [...byEmail.values()];
  return {
    add: async user => {
      if (byEmail.has(user.email)) return 'email-taken';
      byEmail.set(user.email, user);
      return 'added';
    },
    findById: async id => all().find(user => user.id === id),
    listNewest: async limit =>
      all()
        .sort((a, b) => (a.registeredAt < b.registeredAt ? 1 : -1))
        .slice(0, limit),
  };
}
