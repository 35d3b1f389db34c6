import { createHash, createHmac } from 'node:crypto';
import type { User } from './user.ts';

/** A session ends this long after the sign-in, however often it is refreshed. */
export const sessionSeconds = 30 * 24 * 60 * 60;

/**
 * How long a refresh token that was just replaced still leads to its successor: two tabs may ask at once, and an
 * answer may be lost on its way.
 */
export const graceSeconds = 10;

/** What begins with a sign-in and is carried on from one refresh token to the next. It holds no token. */
export type Session = {
  readonly id: string;
  readonly userId: string;
  /** Where the user is found: an address never changes. */
  readonly email: string;
  /** The user's at the sign-in. */
  readonly epoch: number;
  /** Of the one refresh token that counts. */
  readonly currentHash: string;
  /** Of the token before it, with what made the current one of it, and when. */
  readonly previous?: Previous;
  /** When it ends, in epoch seconds; the table lets go of it then. */
  readonly expiresAt: number;
};
export type Previous = { readonly hash: string; readonly nonce: string; readonly replacedAtMs: number };

/** A refresh token, taken apart: which session, and the secret. */
export type RefreshToken = { readonly sessionId: string; readonly secret: string };

export type Random = (bytes: number) => Uint8Array;

/** Begins a session of the user; the token is told to nobody else. */
export function startSession(
  user: User,
  at: Date,
  random: Random,
): { session: Session; token: RefreshToken } {
  const token = { sessionId: text(random(16)), secret: text(random(32)) };
  const session = {
    ...{ id: token.sessionId, userId: user.id, email: user.email, epoch: user.epoch },
    currentHash: hashSecret(token.secret),
    expiresAt: seconds(at) + sessionSeconds,
  };
  return { session, token };
}

/** What a session makes of a token that is shown for it. */
export type Verdict =
  | { readonly kind: 'current' }
  /** It was made or replaced a moment ago; `token` is the one that counts. */
  | { readonly kind: 'fresh'; readonly token: RefreshToken }
  | { readonly kind: 'used-again' }
  | { readonly kind: 'over' };

/**
 * Judges a token by its session. One that is neither the current one nor just replaced was stolen or is the
 * owner's after a thief's: whoever knows a session's id has had a token of it. In the grace the current token
 * stays, so that its predecessor, which may still be under way, is not taken for an older one.
 */
export function judge(session: Session, token: RefreshToken, at: Date): Verdict {
  if (session.expiresAt <= seconds(at)) return { kind: 'over' };
  const hash = hashSecret(token.secret);
  const { currentHash, previous } = session;
  const inGrace = previous !== undefined && at.getTime() - previous.replacedAtMs <= graceSeconds * 1000;
  if (hash === currentHash) return inGrace ? { kind: 'fresh', token } : { kind: 'current' };
  if (inGrace && hash === previous.hash) return { kind: 'fresh', token: succeed(token, previous.nonce) };
  return { kind: 'used-again' };
}

/** What is written when the current token is replaced. */
export type Rotation = { readonly currentHash: string; readonly previous: Previous };

/**
 * Replaces the current token. The successor follows from the token and a nonce that the session keeps: whoever
 * shows the same token again in the grace gets the same successor, and the session alone gives nobody a token.
 */
export function rotate(
  token: RefreshToken,
  at: Date,
  random: Random,
): { rotation: Rotation; successor: RefreshToken } {
  const nonce = text(random(16));
  const successor = succeed(token, nonce);
  const previous = { hash: hashSecret(token.secret), nonce, replacedAtMs: at.getTime() };
  return { rotation: { currentHash: hashSecret(successor.secret), previous }, successor };
}

/** Writes a token as one word. */
export function writeToken({ sessionId, secret }: RefreshToken): string {
  return `${sessionId}.${secret}`;
}

/** Reads what `writeToken` wrote, or nothing. */
export function readToken(word: string | undefined): RefreshToken | undefined {
  const parts = /^([\w-]{22})\.([\w-]{43})$/.exec(word ?? '');
  return parts === null ? undefined : { sessionId: parts[1]!, secret: parts[2]! };
}

function succeed({ sessionId, secret }: RefreshToken, nonce: string): RefreshToken {
  return { sessionId, secret: createHmac('sha256', secret).update(nonce).digest('base64url') };
}

/** A secret of 256 random bits needs no slow hash. */
function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
