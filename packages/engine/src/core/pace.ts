/**
 * How fast waits pass. Divided by the speed: bake, shift interval, termination wait, health interval, cooldown,
 * alarm period. Never divided: health timeout, grace, stop timeout, drain limit, idle and connect timeouts, hooks,
 * builds, approvals, tokens, schedules; those do not go through here.
 */
export interface Pace {
  readonly speed: number;
  /** The real milliseconds that a wait of `ms` takes on this engine. */
  divided(ms: number): number;
}

/** A pace of `speed` (1 = as in AWS). Throws a RangeError unless `speed` is a number of at least 1. */
export function createPace(speed: number): Pace {
  if (!Number.isFinite(speed) || speed < 1) throw new RangeError(`speed must be 1 or more, not ${speed}`);
  return { speed, divided: ms => ms / speed };
}
