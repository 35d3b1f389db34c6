import { Agent, get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Logger } from '@slipway/service-kit';
import type { Clock } from './clock.ts';
import { type AboutFeed, type Feed, FeedAway } from './feed.ts';
import { decodeAbout, decodeBeat, decodeBeats } from './feed-wire.ts';
import type { Beat } from './tick.ts';

/** A feed that another process tells; it goes on connecting until it is closed. */
export type RemoteFeed = Feed & { readonly close: () => void };

/** How many of the newest beats are kept: what most readings need. */
const beatsKept = 900;
/** A feed that is silent for longer has left a gap, such as a laptop that slept. */
const longestPauseMs = 60_000;
const answerLimitMs = 5000;
/** A feed that says nothing for so long counts as away, even where its connection stands. */
const silenceMs = 10_000;
const pauseMs = { first: 250, longest: 10_000 };

/** Follows the feed at `url`, such as the one in the container beside this one. */
export function createRemoteFeed(deps: {
  url: string;
  clock: Clock;
  log: Pick<Logger, 'info' | 'warn'>;
}): RemoteFeed {
  const { url, clock, log } = deps;
  const agent = new Agent({ keepAlive: false }); // beside us a new connection costs less than one that is gone
  const closing = new AbortController();
  const listeners = new Set<(beat: Beat) => void>();
  let about: AboutFeed | undefined;
  let kept: Beat[] = [];
  let connected = false;
  let pause = pauseMs.first;
  let endPause = () => {};

  const ask = (path: string, signal: AbortSignal) => request(`${url}${path}`, agent, signal);
  const read = async (path: string): Promise<string> => {
    const limit = AbortSignal.any([closing.signal, AbortSignal.timeout(answerLimitMs)]);
    try {
      return await text(await ask(path, limit));
    } catch (cause) {
      throw new FeedAway(`The feed at ${url} does not answer.`, { cause });
    }
  };
  const readBeats = async (query: string) => decodeBeats(await read(`/beats?${query}`));
  const hear = (beat: Beat) => {
    if (beat.sequence <= (kept.at(-1)?.sequence ?? -1)) return;
    connected = true;
    pause = pauseMs.first;
    const last = kept.at(-1);
    if (last !== undefined && beat.at - last.at > longestPauseMs) kept = []; // what is between was not heard
    kept = [...kept.slice(1 - beatsKept), beat];
    for (const listener of listeners) listener(beat);
  };

  const listen = async () => {
    const silence = new AbortController();
    const watch = () => clock.at(clock.now() + silenceMs, () => silence.abort(new Error('it says nothing')));
    let forget = watch();
    try {
      about = decodeAbout(await read('/about'));
      const last = kept.at(-1)?.sequence;
      const path = last === undefined ? '/stream' : `/stream?after=${last}`;
      const answer = await ask(path, AbortSignal.any([closing.signal, silence.signal]));
      log.info({ url }, 'feed connected');
      for await (const line of readLines(answer)) {
        forget();
        forget = watch();
        hear(decodeBeat(line));
      }
    } finally {
      forget();
    }
  };
  const goOn = () => {
    listen()
      .catch(error => error as Error)
      .then(error => {
        connected = false;
        if (closing.signal.aborted) return;
        log.warn({ url, reason: describe(error), pauseMs: pause }, 'feed away');
        endPause = clock.at(clock.now() + pause, goOn);
        pause = Math.min(2 * pause, pauseMs.longest);
      });
  };
  goOn();

  return {
    about: async () => {
      about ??= decodeAbout(await read('/about'));
      return about;
    },
    latest: async () => {
      const newest = kept.at(-1);
      if (newest === undefined) throw new FeedAway(`The feed at ${url} has said nothing yet.`);
      return newest;
    },
    since: async (after, upTo) => {
      const known = kept.length > 0 && kept[0]!.sequence <= after + 1;
      if (!known) return readBeats(`after=${after}&upTo=${upTo}`);
      return kept.filter(({ sequence }) => after < sequence && sequence <= upTo);
    },
    during: async (from, to) => {
      const known = kept.length > 0 && kept[0]!.at <= from;
      return known ? kept.filter(({ at }) => from <= at && at < to) : readBeats(`from=${from}&to=${to}`);
    },
    subscribe: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    check: async () => {
      if (!connected) throw new FeedAway(`The feed at ${url} is away.`);
    },
    close: () => {
      closing.abort();
      endPause();
      agent.destroy();
    },
  };
}

/** Asks without the proxy that other calls of a task may go through: the feed is beside this process. */
async function request(url: string, agent: Agent, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(url, { agent, signal }, resolve).once('error', reject);
  const answer = await promise;
  if (answer.statusCode === 200) return answer;
  answer.resume();
  throw new Error(`it answers ${answer.statusCode}`);
}

/** Far more than a beat of a thousand instruments. */
const longestLine = 100_000;

async function* readLines(answer: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of answer.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    if (rest.length > longestLine) throw new Error('it sent a line without an end');
    yield* lines;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'it ended the stream';
  const { cause } = error;
  return cause instanceof Error ? `${error.message} (${cause.message})` : error.message;
}
