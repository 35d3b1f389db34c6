import { Problem } from '@slipway/service-kit';

type Store = { readonly [Name in string]: (...args: never[]) => Promise<unknown> };

/**
 * The same store, whose failures are 503 with Retry-After where it cannot be reached or has too much to do. What
 * it refuses otherwise, such as a wrong request, stays a bug.
 */
export function whileAvailable<Kept extends Store>(store: Kept, what: string): Kept {
  const guarded = Object.entries(store).map(([name, call]) => [
    name,
    async (...args: never[]) => {
      try {
        return await call(...args);
      } catch (cause) {
        if (isBug(cause)) throw cause;
        const headers = { 'Retry-After': '5' };
        throw new Problem(503, `The ${what} cannot be reached at the moment: try again soon.`, {
          headers,
          cause,
        });
      }
    },
  ]);
  return Object.fromEntries(guarded) as Kept;
}

/** The SDK marks what its caller got wrong. Too many requests are among that, but no bug. */
function isBug(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  if (
    /Throttl|ProvisionedThroughput|RequestLimit|TooManyRequests|Timeout|CredentialsProvider/.test(error.name)
  )
    return false;
  const { $fault, $metadata, code } = error as { $fault?: string; $metadata?: object; code?: string };
  if ($fault !== undefined) return $fault === 'client';
  return $metadata === undefined && code === undefined;
}
