/** Asks one thing that a service depends on; rejects when it cannot be used. */
export type ReadyCheck = () => Promise<unknown>;

/** How each dependency was found. */
export type Readiness = {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, 'ok' | 'failed' | 'too slow'>>;
};

export const readyLimitMs = 1000;

/** Asks all at once, each with a limit of time, and keeps the answer for a second. */
export function createReadiness(
  checks: Readonly<Record<string, ReadyCheck>>,
  now: () => Date,
  onFailure: (name: string, error: unknown) => void,
  limitMs = readyLimitMs,
): () => Promise<Readiness> {
  let kept: { readonly at: number; readonly readiness: Promise<Readiness> } | undefined;
  const askAll = async (): Promise<Readiness> => {
    const found = await Promise.all(
      Object.entries(checks).map(
        async ([name, check]) => [name, await ask(name, check, limitMs, onFailure)] as const,
      ),
    );
    return { ready: found.every(([, state]) => state === 'ok'), checks: Object.fromEntries(found) };
  };
  return () => {
    const at = now().getTime();
    if (kept === undefined || at - kept.at >= 1000) kept = { at, readiness: askAll() };
    return kept.readiness;
  };
}

async function ask(
  name: string,
  check: ReadyCheck,
  limitMs: number,
  onFailure: (name: string, error: unknown) => void,
): Promise<'ok' | 'failed' | 'too slow'> {
  const { promise: late, resolve } = Promise.withResolvers<'too slow'>();
  const timer = setTimeout(() => resolve('too slow'), limitMs);
  const answered = (async () => check())().then(
    () => 'ok' as const,
    error => {
      onFailure(name, error);
      return 'failed' as const;
    },
  );
  const state = await Promise.race([answered, late]);
  clearTimeout(timer);
  return state;
}
