/** What a user may be beside a reader and writer of their own things, with what each role allows. */
export const roles = { editor: 'publishes news' } as const;
export type Role = keyof typeof roles;

/** Whether this is a role that a user can have. */
export function isRole(text: string): text is Role {
  return Object.hasOwn(roles, text);
}
