import type { Environments } from '@slipway/contract';
import { type PendingApproval, pendingApprovals } from './approvals.ts';
import { UserError } from './errors.ts';
import { commitOf, executionsOf, pipelineOf } from './executions.ts';
import { commitsBetween } from './history.ts';
import { liveServices } from './live.ts';
import { shortName } from './render.ts';
import type { Target } from './target.ts';

/** What an approval would change. */
export interface Change {
  /** For instance `news in production`. */
  what: string;
  /** The commit that is live; undefined while nothing is. */
  from?: string;
  to?: string;
  /**
   * A line per commit that comes in and may matter to it, newest first; undefined when the history here does not hold
   * both.
   */
  incoming?: string[];
  /** How many more come in that touch other services or documents only. */
  elsewhere?: number;
  /** A line per commit that goes out, where the new one is older than the live one. */
  outgoing?: string[];
}

/** The approval that waits for a service. Throws a UserError when none does, or when several do and `stage` names none. */
export async function waitingGate(
  target: Target,
  product: string,
  options: { service: string; stage?: string },
): Promise<PendingApproval> {
  const pipeline = await pipelineOf(target, product, options.service);
  const pending = await pendingApprovals(target, pipeline);
  const chosen = pending.filter(gate => options.stage === undefined || gate.stage === options.stage);
  if (chosen.length === 1) return chosen[0]!;
  if (chosen.length > 1) {
    const stages = chosen.map(gate => gate.stage).join(', ');
    throw new UserError(`${options.service} waits for several approvals: choose with --stage, of ${stages}.`);
  }
  const newest = (await executionsOf(target, pipeline))[0];
  const commit = newest && commitOf(newest)?.slice(0, 10);
  const run = newest ? `its newest run${commit ? ` (${commit})` : ''} is ${newest.status}` : 'it never ran';
  throw new UserError(`Nothing of ${options.service} waits for an approval: ${run}.`);
}

/** What the approval would change, with the commits between as far as the checkout knows them. */
export async function changeBehind(
  target: Target,
  environments: Environments,
  where: { gate: PendingApproval; root: string; services: string[] },
): Promise<Change> {
  const { gate, root, services } = where;
  const service = shortName(gate.pipeline);
  const executions = await executionsOf(target, gate.pipeline);
  const held = executions.find(each => each.pipelineExecutionId === gate.execution);
  const to = held && commitOf(held);
  const environment = environments.environments.find(
    ({ name }) => name === gate.opens?.toLowerCase() || gate.stage.toLowerCase().endsWith(name),
  )?.name;
  const place = { product: environments.name, environment: environment ?? '', services: [service] };
  const isPlatform = service === 'platform';
  const succeeded = executions.find(each => each.status === 'Succeeded');
  const from = isPlatform ? succeeded && commitOf(succeeded) : (await liveServices(target, place))[0]?.commit;
  const repository = { directory: root };
  const without = isPlatform ? [] : elsewhereOf(service, services);
  const all = from && to ? await commitsBetween(repository, { from, to }) : undefined;
  const incoming = all && from && to ? await commitsBetween(repository, { from, to, without }) : undefined;
  const back = all?.length === 0 && from !== to;
  const outgoing = back ? await commitsBetween(repository, { from: to!, to: from!, without }) : undefined;
  return {
    what: `${isPlatform ? 'the platform' : service} in ${environment ?? gate.opens ?? gate.stage}`,
    ...(from && { from }),
    ...(to && { to }),
    ...(incoming && all && { incoming, elsewhere: all.length - incoming.length }),
    ...(outgoing && { outgoing }),
  };
}

/** What no commit to it changes of a service: other services and what is only read. */
function elsewhereOf(service: string, services: string[]): string[] {
  const others = services.filter(each => each !== service);
  return [...others.map(each => `packages/${each}/**`), 'docs/**', '**/*.md'];
}

const MOST_COMMITS = 20;

/** The change as it is shown to whoever decides. */
export function changeLines({ what, from, to, incoming, elsewhere, outgoing }: Change): string[] {
  const short = (commit: string | undefined): string => commit?.slice(0, 10) ?? 'an unknown commit';
  if (!from) return [`${what}: nothing is live yet → ${short(to)}`];
  const head = `${what}: ${short(from)} → ${short(to)}`;
  if (from === to) return [`${head} (the same commit again)`];
  if (outgoing?.length) return [`${head}, which takes back:`, ...listed(outgoing)];
  const rest = elsewhere ? [`  and ${elsewhere === 1 ? 'a commit' : `${elsewhere} commits`} elsewhere`] : [];
  if (incoming?.length || rest.length > 0)
    return [`${head}, which brings:`, ...listed(incoming ?? []), ...rest];
  return [head, '  The commits between are not in this checkout: git fetch brings them.'];
}

function listed(commits: string[]): string[] {
  const more = commits.length - MOST_COMMITS;
  const shown = commits.slice(0, MOST_COMMITS).map(line => `  ${line}`);
  return more > 0 ? [...shown, `  and ${more} more`] : shown;
}
