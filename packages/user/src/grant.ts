import { parseArgs } from 'node:util';
import { normalizeEmail } from './email.ts';
import { isRole, roles } from './role.ts';
import type { UserStore } from './user-store.ts';

/** What an operator is told, and the exit code: 1 where there is no such user, 2 where the command is wrong. */
export type GrantOutcome = { readonly code: 0 | 1 | 2; readonly text: string };

/** Gives a user a role, or takes it. What it says names no address: it ends up in a log. */
export async function grantRole(args: readonly string[], users: UserStore): Promise<GrantOutcome> {
  const wanted = readArguments(args);
  if (typeof wanted === 'string')
    return { code: 2, text: `${wanted} Usage: grant.js <e-mail> <role> [--revoke]` };
  const { email, role, revoke } = wanted;
  const user = await users.setRole(email, role, !revoke);
  if (user === undefined) {
    return { code: 1, text: 'Nobody is registered with this e-mail address: check how it is written.' };
  }
  const has = user.roles.length === 0 ? 'no roles' : user.roles.join(', ');
  return {
    code: 0,
    text: `User ${user.id} now has: ${has}. It counts with the next access token, within 15 minutes.`,
  };
}

function readArguments(args: readonly string[]): { email: string; role: string; revoke: boolean } | string {
  const { positionals, values, tokens } = parseArgs({
    args: [...args],
    options: { revoke: { type: 'boolean' } },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const unknown = tokens.find(token => token.kind === 'option' && token.name !== 'revoke');
  if (unknown?.kind === 'option') return `There is no option ${unknown.rawName}.`;
  const [address, role, ...more] = positionals;
  if (address === undefined) return 'Say whom: the e-mail address is missing.';
  if (role === undefined) return `Say which role: ${Object.keys(roles).join(', ')}.`;
  if (more.length > 0) return 'There are too many words: give one e-mail address and one role.';
  const email = normalizeEmail(address);
  if (email === undefined) return 'The first word is no e-mail address: write it as in ada@example.com.';
  if (!isRole(role))
    return `There is no role ${JSON.stringify(role.slice(0, 40))}: there are ${Object.keys(roles).join(', ')}.`;
  return { email, role, revoke: values.revoke === true };
}
