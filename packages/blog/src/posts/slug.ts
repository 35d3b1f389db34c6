import * as z from 'zod';

/** The last part of a post's address, which is its id. */
export const slugSchema = z
  .string()
  .max(80)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be words of small letters and digits with hyphens between them')
  .describe('The id and the last part of the address');

/** The random end of a UUID, 48 bits: enough that no two posts or comments share it. */
export function shortIdOf(uuid: string): string {
  return uuid.slice(-12).toLowerCase();
}

/** Returns an address that says the title as far as it is in Latin letters, and that no other post ever has. */
export function slugOf(title: string, uuid: string): string {
  const latin = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = latin.match(/[a-z0-9]+/g) ?? [];
  const said = words.join('-').slice(0, 60).replace(/-$/, '');
  return said === '' ? shortIdOf(uuid) : `${said}-${shortIdOf(uuid)}`;
}
