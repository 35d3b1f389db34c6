import type { Profile, User } from './user.ts';

/** Where users are kept. Each write is one conditional write, so that none is lost to another. */
export type UserStore = {
  /** Adds the user unless its e-mail address is taken; of two at the same time one is added. */
  readonly add: (user: User) => Promise<'added' | 'email-taken'>;
  readonly findByEmail: (email: string) => Promise<User | undefined>;
  /** Finds a user who has been there for a moment. */
  readonly findById: (id: string) => Promise<User | undefined>;
  /** Returns at most `limit` users, the newest first. */
  readonly listNewest: (limit: number) => Promise<Profile[]>;
  /** Returns the user with the new name, or nothing where there is none. */
  readonly rename: (email: string, name: string) => Promise<User | undefined>;
  /**
   * Replaces the hash unless it is not `from` any more, and returns the user. A new password, other than the same
   * one hashed again, begins an epoch.
   */
  readonly replaceHash: (
    email: string,
    hash: { readonly from: string; readonly to: string; readonly newEpoch: boolean },
  ) => Promise<User | undefined>;
  /** Gives or takes a role, whether or not the user had it; returns the user, or nothing where there is none. */
  readonly setRole: (email: string, role: string, given: boolean) => Promise<User | undefined>;
};

/** Keeps users for the life of the process, for development and tests. */
export function createMemoryUserStore(): UserStore {
  const byEmail = new Map<string, User>();
  const all = () => [...byEmail.values()];
  const change = (email: string, changed: (user: User) => Partial<User> | undefined): User | undefined => {
    const user = byEmail.get(email);
    const changes = user && changed(user);
    if (user === undefined || changes === undefined) return undefined;
    byEmail.set(email, { ...user, ...changes });
    return byEmail.get(email);
  };
  return {
    add: async user => {
      if (byEmail.has(user.email)) return 'email-taken';
      byEmail.set(user.email, user);
      return 'added';
    },
    findByEmail: async email => byEmail.get(email),
    findById: async id => all().find(user => user.id === id),
    listNewest: async limit =>
      all()
        .sort((a, b) => (a.registeredAt < b.registeredAt ? 1 : -1))
        .slice(0, limit)
        .map(({ id, name, registeredAt }) => ({ id, name, registeredAt })),
    rename: async (email, name) => change(email, () => ({ name })),
    replaceHash: async (email, { from, to, newEpoch }) =>
      change(email, ({ passwordHash, epoch }) =>
        passwordHash === from ? { passwordHash: to, epoch: newEpoch ? epoch + 1 : epoch } : undefined,
      ),
    setRole: async (email, role, given) =>
      change(email, ({ roles }) => {
        const others = roles.filter(each => each !== role);
        return { roles: given ? [...others, role].sort() : others };
      }),
  };
}
