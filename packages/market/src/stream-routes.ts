import {
  lastEventIdOf,
  Problem,
  type Route,
  route,
  type ServerEvent,
  streamEvents,
} from '@slipway/service-kit';
import * as z from 'zod';
import type { Feed } from './feed.ts';
import { follow } from './follow.ts';
import { inDollars } from './money.ts';
import { requireKnown } from './quote-routes.ts';
import { symbolsSchema, tellSource } from './schemas.ts';
import { type Beat, only } from './tick.ts';

export type StreamRouteDeps = {
  readonly feed: Feed;
  readonly draining: AbortSignal;
  /** How many may listen to one task at the same time. */
  readonly mostListeners: number;
};

/** How much a client that was away is told of: five minutes. Of more it is told that there is a gap. */
const mostReplayed = 300;

const description = `Server-sent events. \`source\` comes first and says where the prices come from. Each \`ticks\` has what was
traded at one moment, \`{ at, items: [{ symbol, price, volume }] }\`, and an id that is the same in every task: a client
that comes again with \`Last-Event-ID\` goes on where it was, at any task. One that was away for more than five minutes is
told a \`gap\`, \`{ after, upTo }\`: read the candles of that time.`;

/** The route that tells prices as they come. */
export function streamRoutes({ feed, draining, mostListeners }: StreamRouteDeps): readonly Route[] {
  let listeners = 0;
  return [
    route({
      method: 'get',
      path: '/stream',
      summary: 'Follow the prices',
      description,
      query: z.strictObject({
        symbols: symbolsSchema.optional(),
        after: sequenceSchema.optional().describe('Like Last-Event-ID, for clients that cannot set headers'),
      }),
      answers: {
        200: { description: 'Events without an end', type: 'text/event-stream' },
        503: { description: 'Too many listen already: try again as Retry-After says' },
      },
      handle: async ({ request, response, query }) => {
        if (listeners >= mostListeners) throw tooMany();
        const { symbols } = query;
        if (symbols !== undefined) await requireKnown(feed, symbols);
        const [{ source }, { sequence }] = await Promise.all([feed.about(), feed.latest()]);
        const seen = sequenceSchema.safeParse(lastEventIdOf(request)).data ?? query.after;
        const start = chooseStart(seen, sequence);
        listeners += 1;
        try {
          await streamEvents(response, {
            since: undefined,
            draining,
            subscribe: send => {
              send({ event: 'source', data: tellSource(source) });
              if (start.gap !== undefined) send({ event: 'gap', data: start.gap });
              const told = (beat: Beat) => send(tellBeat(symbols === undefined ? beat : only(beat, symbols)));
              return follow(feed, start.after, told, () => response.destroy());
            },
          });
        } finally {
          listeners -= 1;
        }
      },
    }),
  ];
}

const sequenceSchema = z
  .string()
  .regex(/^\d{1,15}$/, 'must be the id of an event')
  .transform(Number);

type Start = { readonly after: number; readonly gap?: { readonly after: number; readonly upTo: number } };

/** Returns where to go on. An id that has not been yet is of another feed, and tells nothing. */
function chooseStart(seen: number | undefined, latest: number): Start {
  if (seen === undefined || seen > latest) return { after: latest - 1 };
  if (latest - seen <= mostReplayed) return { after: seen };
  return { after: latest - 1, gap: { after: seen, upTo: latest - 1 } };
}

function tellBeat({ sequence, at, ticks }: Beat): ServerEvent {
  const items = ticks.map(({ symbol, price, volume }) => ({ symbol, price: inDollars(price), volume }));
  return { id: String(sequence), event: 'ticks', data: { at: new Date(at).toISOString(), items } };
}

function tooMany(): Problem {
  return new Problem(503, 'Too many listen at the moment. Try again in a few seconds.', {
    headers: { 'Retry-After': '5' },
  });
}
