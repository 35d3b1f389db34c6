import { Problem, type Route } from '@slipway/service-kit';
import { FeedAway } from './feed.ts';
import { SnapshotsAway } from './snapshot-store.ts';

const answer = {
  503: { description: 'What this needs does not answer at the moment: try again as Retry-After says' },
};

/** Returns the routes with what is away told as a problem that says when to come again. */
export function tellAway(routes: readonly Route[]): readonly Route[] {
  return routes.map(route => ({
    ...route,
    answers: { ...route.answers, ...answer },
    handle: async (input: never) => {
      try {
        return await route.handle(input);
      } catch (error) {
        throw describeAway(error);
      }
    },
  }));
}

function describeAway(error: unknown): unknown {
  if (error instanceof FeedAway) return unavailable('The price feed does not answer.', '2', error);
  if (error instanceof SnapshotsAway) return unavailable('The history does not answer.', '10', error);
  return error;
}

function unavailable(detail: string, seconds: string, cause: Error): Problem {
  const options = { headers: { 'Retry-After': seconds }, cause };
  return new Problem(503, `${detail} Try again in a few seconds.`, options);
}
