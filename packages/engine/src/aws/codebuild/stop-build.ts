import type { Context } from '../../core/context.ts';
import type { Tables } from './tables.ts';

/** Asks a build to stop; nothing happens when it has ended or there is none. */
export function stopBuild({ clock }: Context, { builds }: Tables, id: string): void {
  const build = builds.get(id);
  if (build?.status !== 'IN_PROGRESS' || build.stopped !== undefined) return;
  builds.put(id, { ...build, stopped: clock.now() });
}
