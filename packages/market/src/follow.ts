import type { Feed } from './feed.ts';
import type { Beat } from './tick.ts';

/**
 * Tells `listener` every beat after the number `after`, each once and in order: first what has been, then what comes.
 * A gap is left only where more has been than a feed tells at once, or where the feed itself leaves one. What was can
 * be not to be had (FeedAway): `onError` is told, and nothing more comes. Returns a function that ends it.
 */
export function follow(
  feed: Pick<Feed, 'latest' | 'since' | 'subscribe'>,
  after: number,
  listener: (beat: Beat) => void,
  onError: (error: unknown) => void,
): () => void {
  let told = after;
  let waiting: Beat[] | undefined = [];
  const tell = (beat: Beat) => {
    if (beat.sequence <= told) return;
    told = beat.sequence;
    listener(beat);
  };
  const stop = feed.subscribe(beat => {
    if (waiting === undefined) tell(beat);
    else waiting.push(beat);
  });
  const replay = async () => {
    const { sequence } = await feed.latest();
    const past = sequence > after ? await feed.since(after, sequence) : [];
    const come = waiting ?? [];
    waiting = undefined;
    for (const beat of [...past, ...come]) tell(beat);
  };
  replay().catch(error => {
    stop();
    onError(error);
  });
  return stop;
}
