import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  graceSeconds,
  judge,
  readToken,
  rotate,
  sessionSeconds,
  startSession,
  writeToken,
} from './session.ts';

const start = Date.UTC(2030, 0, 1);
const at = (seconds: number) => new Date(start + 1000 * seconds);
const ada = {
  ...{ id: 'id-1', email: 'ada@example.org', name: 'Ada', registeredAt: at(0).toISOString() },
  ...{ passwordHash: '$argon2id$…', roles: [], epoch: 3 },
};
const begin = () => startSession(ada, at(0), randomBytes);

describe('a session', () => {
  test('holds no token, nor what a token could be made of', () => {
    const { session, token } = begin();
    const { rotation, successor } = rotate(token, at(100), randomBytes);
    const kept = JSON.stringify({ ...session, ...rotation });
    for (const { secret } of [token, successor]) expect(kept).not.toContain(secret);
    expect(session).toMatchObject({ userId: 'id-1', epoch: 3, id: token.sessionId });
    expect(session.currentHash).toBe(createHash('sha256').update(token.secret).digest('base64url'));
  });

  test('ends thirty days after the sign-in, however often it is refreshed', () => {
    const { session, token } = begin();
    expect(judge(session, token, at(sessionSeconds - 1))).toEqual({ kind: 'current' });
    expect(judge(session, token, at(sessionSeconds))).toEqual({ kind: 'over' });
    const { rotation, successor } = rotate(token, at(sessionSeconds - 60), randomBytes);
    expect(judge({ ...session, ...rotation }, successor, at(sessionSeconds))).toEqual({ kind: 'over' });
  });

  test('ends by any token of it that is not current', () => {
    const { session, token } = begin();
    const invented = { ...token, secret: begin().token.secret };
    expect(judge(session, invented, at(1))).toEqual({ kind: 'used-again' });
  });
});

describe('a replaced token', () => {
  const { session, token } = begin();
  const { rotation, successor } = rotate(token, at(100), randomBytes);
  const rotated = { ...session, ...rotation };

  test('leads to its successor for ten seconds, and never to another one', () => {
    for (const second of [100, 100 + graceSeconds]) {
      expect(judge(rotated, token, at(second))).toEqual({ kind: 'fresh', token: successor });
    }
    expect(successor.secret).not.toBe(token.secret);
  });

  test('counts as stolen after that', () => {
    expect(judge(rotated, token, at(100.001 + graceSeconds))).toEqual({ kind: 'used-again' });
  });

  test('is not pushed out by a second rotation in the grace: its successor stays', () => {
    expect(judge(rotated, successor, at(105))).toEqual({ kind: 'fresh', token: successor });
    expect(judge(rotated, successor, at(111))).toEqual({ kind: 'current' });
  });

  test('counts as stolen once its successor is replaced, too', () => {
    const { rotation: next, successor: third } = rotate(successor, at(111), randomBytes);
    const twice = { ...rotated, ...next };
    expect(judge(twice, token, at(112))).toEqual({ kind: 'used-again' });
    expect(judge(twice, successor, at(112))).toEqual({ kind: 'fresh', token: third });
  });
});

describe('a token as one word', () => {
  test('is read as it was written', () => {
    const { token } = begin();
    expect(readToken(writeToken(token))).toEqual(token);
    const { successor } = rotate(token, at(1), randomBytes);
    expect(readToken(writeToken(successor))).toEqual(successor);
  });

  test.each([
    undefined,
    '',
    '.',
    'a.b',
    `${'a'.repeat(22)}.${'b'.repeat(44)}`,
    `${'ä'.repeat(22)}.${'b'.repeat(43)}`,
  ])('%j is none', word => expect(readToken(word)).toBeUndefined());
});
