/** Time as this service sees it, in milliseconds since 1970; `main.ts` hands in the machine's, tests their own. */
export type Clock = {
  readonly now: () => number;
  /** Runs `act` at that time, or at once where it has passed; the returned function takes it back. */
  readonly at: (time: number, act: () => void) => () => void;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  at: (time, act) => {
    const timer = setTimeout(act, Math.max(0, time - Date.now()));
    return () => clearTimeout(timer);
  },
};
