import { argon2Sync, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createPasswords, deriveTag, newPasswordSchema } from './password.ts';

const passwords = createPasswords(randomBytes);
const chosen = 'correct horse battery';

describe('a hash', () => {
  test('carries all that it takes to check the password again, at a cost that OWASP recommends', async () => {
    const hash = await passwords.hash(chosen);
    const [, m, t, p, salt, tag] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(
      hash,
    )!;
    const cost = { memory: Number(m), passes: Number(t), parallelism: Number(p), tagLength: 32 };
    expect(cost).toMatchObject({ memory: 19 * 1024, passes: 2, parallelism: 1 });
    const nonce = Buffer.from(salt!, 'base64');
    const derive = (message: string) =>
      argon2Sync('argon2id', { message, nonce, ...cost }).toString('base64');
    expect(derive(chosen)).toBe(`${tag}=`);
  });

  test('is another one each time for the same password', async () => {
    expect(await passwords.hash(chosen)).not.toBe(await passwords.hash(chosen));
  });

  test('tells the right password from any other', async () => {
    const hash = await passwords.hash(chosen);
    expect(await passwords.verify(chosen, hash)).toBe('right');
    expect(await passwords.verify(`${chosen} `, hash)).toBe('wrong');
    expect(await passwords.verify('', hash)).toBe('wrong');
  });

  test('is the same however the letters of the password were composed', async () => {
    const hash = await passwords.hash('caf\u00e9 caf\u00e9 caf\u00e9');
    expect(await passwords.verify('cafe\u0301 cafe\u0301 cafe\u0301', hash)).toBe('right');
  });

  test('of another cost still counts, and is known to be outdated', async () => {
    const salt = randomBytes(16);
    const cost = { memory: 7168, passes: 1, parallelism: 1 };
    const tag = argon2Sync('argon2id', { message: chosen, nonce: salt, ...cost, tagLength: 32 });
    const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
    const old = `$argon2id$v=19$m=7168,t=1,p=1$${encode(salt)}$${encode(tag)}`;
    expect(await passwords.verify(chosen, old)).toBe('outdated');
    expect(await passwords.verify('another password', old)).toBe('wrong');
  });

  test('that is none is a fault of the store, told without the hash', async () => {
    await expect(passwords.verify(chosen, '$2b$10$secret')).rejects.toThrow(/^[^$]*$/);
  });
});

test('without a hash to compare with, a password is wrong and costs the same work', async () => {
  const work: unknown[] = [];
  const recorded = createPasswords(randomBytes, (password, salt, cost) => {
    work.push([password, salt.length, cost]);
    return deriveTag(password, salt, cost);
  });
  const hash = await passwords.hash(chosen);
  expect(await recorded.verify('another password', hash)).toBe('wrong');
  expect(await recorded.verify('another password', undefined)).toBe('wrong');
  expect(work).toHaveLength(2);
  expect(work[1]).toEqual(work[0]);
});

describe('a new password', () => {
  const accepts = (text: string) => newPasswordSchema.safeParse(text).success;
  test.each([
    ['of twelve characters', 'x'.repeat(12), true],
    ['of eleven', 'x'.repeat(11), false],
    ['of six pairs of surrogates, which are six characters', '😀'.repeat(6), false],
    ['of twelve pairs of surrogates', '😀'.repeat(12), true],
    ['of 256 bytes', 'x'.repeat(256), true],
    ['of more characters', 'x'.repeat(257), false],
    ['of fewer characters and more bytes', '字'.repeat(86), false],
    ['with half a pair', `${'x'.repeat(12)}\ud800`, false],
  ])('%s: %#', (_, text, accepted) => expect(accepts(text)).toBe(accepted));
});
