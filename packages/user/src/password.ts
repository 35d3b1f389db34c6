import { argon2, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

const minCharacters = 12;
/** Bounds the work that a stranger can ask for; a passphrase of forty words fits. */
const maxBytes = 256;

/** A password that somebody chooses. Its length counts as OWASP and NIST count it: without rules on its letters. */
export const newPasswordSchema = z
  .string()
  .min(minCharacters, { abort: true, error: `Use at least ${minCharacters} characters.` })
  .max(maxBytes, { abort: true })
  .refine(text => text.isWellFormed(), 'Use well-formed text.')
  .refine(text => [...text].length >= minCharacters, `Use at least ${minCharacters} characters.`)
  .refine(text => bytesOf(text) <= maxBytes, `Use at most ${maxBytes} bytes in UTF-8.`);

/** A password that somebody says is theirs: whatever could have been chosen once. */
export const passwordSchema = z
  .string()
  .min(1)
  .max(maxBytes, { abort: true })
  .refine(text => bytesOf(text) <= maxBytes, `Use at most ${maxBytes} bytes in UTF-8.`);

/** Makes and checks what may be kept of a password. */
export type Passwords = {
  readonly hash: (password: string) => Promise<string>;
  /** Takes as long when there is no hash to compare with, so that nobody learns who is registered. */
  readonly verify: (password: string, hash: string | undefined) => Promise<Verdict>;
};

/** `outdated`: right, and hashed at another cost than today's. */
export type Verdict = 'right' | 'outdated' | 'wrong';

/** Memory in KiB, passes over it, lanes. */
export type Cost = { readonly memory: number; readonly passes: number; readonly parallelism: number };

/**
 * OWASP's minimum for argon2id: 19 MiB, two passes, one lane. More memory would not leave room for several at
 * once in a task of 512 MB. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
const today: Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const saltBytes = 16;
const tagBytes = 32;

/** Hashes with argon2id and a salt of its own each time; the result carries salt and cost (PHC string format). */
export function createPasswords(random: (bytes: number) => Uint8Array, derive = deriveTag): Passwords {
  const nobody = { cost: today, salt: random(saltBytes), tag: random(tagBytes) };
  return {
    hash: async password => {
      const salt = random(saltBytes);
      return write({ cost: today, salt, tag: await derive(password, salt, today) });
    },
    verify: async (password, hash) => {
      const { cost, salt, tag } = hash === undefined ? nobody : read(hash);
      const same = timingSafeEqual(await derive(password, salt, cost), tag);
      if (!same || hash === undefined) return 'wrong';
      return Object.entries(today).every(([key, value]) => cost[key as keyof Cost] === value)
        ? 'right'
        : 'outdated';
    },
  };
}

type Hash = { readonly cost: Cost; readonly salt: Uint8Array; readonly tag: Uint8Array };

/** Returns the tag of a password; Node computes it off the main thread. */
export function deriveTag(password: string, salt: Uint8Array, cost: Cost): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const parameters = { message: password.normalize('NFC'), nonce: salt, ...cost, tagLength: tagBytes };
  argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(tag)));
  return promise;
}

function write({ cost: { memory, passes, parallelism }, salt, tag }: Hash): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${encode(salt)}$${encode(tag)}`;
}

/** Throws where the text is no hash that this module wrote, without telling it. */
function read(text: string): Hash {
  const parts = /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d)\$([\w+/]{22})\$([\w+/]{43})$/.exec(text);
  if (parts === null) throw new Error('A password hash in the store is not one of argon2id.');
  const [memory, passes, parallelism] = parts.slice(1, 4).map(Number) as [number, number, number];
  const [salt, tag] = parts.slice(4).map(part => Buffer.from(part, 'base64')) as [Buffer, Buffer];
  return { cost: { memory, passes, parallelism }, salt, tag };
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text.normalize('NFC'));
}
