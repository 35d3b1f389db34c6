import type { Build } from './tables.ts';

/**
 * The build that may begin now, of all that are open: first come first served, at most `concurrency` side by side and
 * of one project as many as it allows; a project that is full holds back no other.
 */
export function nextInQueue(open: Build[], concurrency: number): Build | undefined {
  const unfinished = open.filter(build => build.status === 'IN_PROGRESS');
  const running = unfinished.filter(build => build.process !== undefined);
  if (running.length >= concurrency) return undefined;
  const isFull = ({ project, definition: { concurrentBuildLimit: limit } }: Build): boolean =>
    limit !== undefined && running.filter(other => other.project === project).length >= limit;
  return unfinished
    .filter(build => build.process === undefined && !isFull(build))
    .toSorted((a, b) => a.order - b.order)[0];
}
