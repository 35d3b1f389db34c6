import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

/** Counts calls. The limiters of rate-limiter-flexible are ones, in memory or in a table. */
export type Limiter = {
  /** How many calls it allows in `duration` seconds. */
  readonly points: number;
  readonly duration: number;
  /** Counts a call; rejects with what it knows where the call is one too many. */
  readonly consume: (key: string) => Promise<LimiterState>;
};
export type LimiterState = { readonly remainingPoints: number; readonly msBeforeNext: number };

/** A limit of one route: for each address by itself unless `by` says who or what is counted. */
export type Limit = {
  readonly limiter: Limiter;
  readonly by?: (request: IncomingMessage) => string;
};

/**
 * Counts the call and returns the headers that tell how many are left. Throws Problem 429 with Retry-After for one
 * too many. A limiter that fails lets the call pass: being unable to count is no reason to turn people away.
 */
export async function countCall(
  request: IncomingMessage,
  { limiter, by = addressOf }: Limit,
  onFailure: (error: unknown) => void,
): Promise<Readonly<Record<string, string>>> {
  try {
    return describe(limiter, await limiter.consume(by(request)));
  } catch (refusal) {
    if (!isState(refusal)) {
      onFailure(refusal);
      return {};
    }
    const headers = { ...describe(limiter, refusal), 'Retry-After': inSeconds(refusal) };
    throw new Problem(429, `This was asked too often: try again in ${inSeconds(refusal)} s.`, { headers });
  }
}

/**
 * Returns who called: the balancer appends the address of its own caller to X-Forwarded-For, what stands before is
 * the caller's word.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 */
export function addressOf({ headers, socket }: IncomingMessage): string {
  const forwarded = headers['x-forwarded-for'];
  const last = (typeof forwarded === 'string' ? forwarded : forwarded?.at(-1))?.split(',').at(-1)?.trim();
  return last || (socket.remoteAddress ?? 'unknown');
}

function describe(limiter: Limiter, state: LimiterState): Record<string, string> {
  return {
    'RateLimit-Policy': `"default";q=${limiter.points};w=${limiter.duration}`,
    RateLimit: `"default";r=${Math.max(0, state.remainingPoints)};t=${inSeconds(state)}`,
  };
}

function inSeconds({ msBeforeNext }: LimiterState): string {
  return String(Math.max(1, Math.ceil(msBeforeNext / 1000)));
}

function isState(value: unknown): value is LimiterState {
  return typeof value === 'object' && value !== null && 'msBeforeNext' in value && !(value instanceof Error);
}
