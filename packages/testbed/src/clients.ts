import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { SERVICES, type Where } from './services.ts';

/** A request that was not answered as it should have been. */
export interface Failure {
  where: Where;
  service: string;
  /** ISO 8601. */
  at: string;
  path: string;
  reason: string;
}

/** A version of a service as its clients saw it. */
export interface Sighting {
  where: Where;
  service: string;
  commit: string;
  /** Epoch milliseconds. */
  first: number;
  last: number;
  requests: number;
}

/** People who keep using the services, each on a connection that is kept. */
export interface Clients {
  /** A moment to look back to. */
  mark(): Moment;
  /** What failed, since a moment or ever. */
  failures(since?: Moment): Failure[];
  /** How many requests were answered well. */
  answered(since?: Moment): number;
  /** The versions that were seen, in the order in which they appeared; since a moment those still seen then. */
  sightings(since?: Moment): Sighting[];
  /** From now on the service may be gone: 404 and 503 are no failure of it, a broken connection still is. */
  retire(service: string): void;
  /** Waits for the requests under way. */
  stop(): Promise<void>;
}

export interface Moment {
  /** Epoch milliseconds. */
  at: number;
  failures: number;
  answered: number;
}

/** Of each service; one more watches it in staging. */
const PER_SERVICE = 10;
/** Between two requests of a client. */
const PAUSE_MS = 500;
/** The balancer's own limit: a slow answer on a busy machine is no failed request, a broken or missing one is. */
const TIMEOUT_MS = 60_000;

/** Starts the clients; they ask until they are stopped. `door` tells where an environment is reached. */
export function startClients(door: (where: Where) => string): Clients {
  const failures: Failure[] = [];
  const sightings = new Map<string, Sighting>();
  const retired = new Set<string>();
  const leave = new AbortController();
  let answered = 0;

  const ask = async (visit: Visit, agent: Agent): Promise<void> => {
    const { where, service, path } = visit;
    try {
      const { status, body } = await get(`${door(where)}${path}`, agent);
      if (status === 200) see(sightings, visit, commitIn(body));
      else if (!(retired.has(service) && (status === 404 || status === 503)))
        throw new Error(`status ${status}: ${body.slice(0, 200)}`);
      answered++;
    } catch (error) {
      const reason = error instanceof Error ? error.message || String(error) : String(error);
      failures.push({ where, service, at: new Date().toISOString(), path, reason });
    }
  };

  const live = async (visits: Visit[], headStartMs: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await pause(headStartMs, leave.signal);
    for (let turn = 0; !leave.signal.aborted; turn++) {
      await ask(visits[turn % visits.length]!, agent);
      await pause(PAUSE_MS, leave.signal);
    }
    agent.destroy();
  };

  const lives = SERVICES.flatMap(({ name, path }) => {
    // A page asks the tables, which costs more than everything else here.
    const paths = [`${path}/json`, `${path}/json`, `${path}/json`, `${path}/`];
    const visits = (where: Where): Visit[] => paths.map(each => ({ where, service: name, path: each }));
    const places: Where[] = [...Array<Where>(PER_SERVICE).fill('production'), 'staging'];
    return places.map((where, index) => live(visits(where), (PAUSE_MS * index) / places.length));
  });

  return {
    mark: () => ({ at: Date.now(), failures: failures.length, answered }),
    failures: since => failures.slice(since?.failures ?? 0),
    answered: since => answered - (since?.answered ?? 0),
    sightings: since => [...sightings.values()].filter(seen => seen.last >= (since?.at ?? 0)),
    retire: service => void retired.add(service),
    stop: async () => {
      leave.abort();
      await Promise.all(lives);
    },
  };
}

interface Visit {
  where: Where;
  service: string;
  path: string;
}

function see(sightings: Map<string, Sighting>, { where, service }: Visit, commit: string): void {
  const now = Date.now();
  const key = `${where} ${service} ${commit}`;
  const known = sightings.get(key) ?? { where, service, commit, first: now, last: now, requests: 0 };
  sightings.set(key, { ...known, last: now, requests: known.requests + 1 });
}

/** The commit that the identity as JSON or the page names. Throws when neither does. */
function commitIn(body: string): string {
  const commit = /"commit":"([^"]+)"|data-answer="commit">([^<]+)</.exec(body);
  if (!commit) throw new Error(`an answer that names no commit: ${body.slice(0, 200)}`);
  return (commit[1] ?? commit[2])!;
}

function get(url: string, agent: Agent): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const sent = request(url, { agent, timeout: TIMEOUT_MS }, (response: IncomingMessage) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', chunk => (body += chunk));
    response.once('error', reject);
    response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
  });
  sent.once('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
  sent.once('error', reject);
  sent.end();
  return promise;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal }).catch(() => undefined);
}
