import { argon2Sync, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createPasswordHash } from './password.ts';

test('a hash carries all that it takes to check the password again', async () => {
  const hash = await createPasswordHash(randomBytes)('correct horse battery');
  const [, m, t, p, salt, tag] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(
    hash,
  )!;
  const cost = { memory: Number(m), passes: Number(t), parallelism: Number(p), tagLength: 32 };
  const nonce = Buffer.from(salt!, 'base64');
  const derive = (message: string) => argon2Sync('argon2id', { message, nonce, ...cost }).toString('base64');
  expect(derive('correct horse battery')).toBe(`${tag}=`);
  expect(derive('another password')).not.toBe(`${tag}=`);
});

test('the same password gets another hash each time', async () => {
  const hash = createPasswordHash(randomBytes);
  expect(await hash('correct horse battery')).not.toBe(await hash('correct horse battery'));
});
