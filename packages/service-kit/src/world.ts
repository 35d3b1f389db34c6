/** What a service takes from the machine it runs on; `main.ts` hands in the real things. */
export type World = {
  readonly now: () => Date;
  /** A new id that nothing else has, a UUID. */
  readonly newId: () => string;
  readonly hostname: string;
  readonly fetch: (url: string, init: { signal: AbortSignal }) => Promise<Response>;
};
