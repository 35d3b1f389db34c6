// Follows the service's stream of prices for as long as the page is open.

const pauseMs = { first: 1000, longest: 30_000 };

/**
 * Opens the stream and tells `onState` (connecting, live, reconnecting), `onTicks` and `onGap`. The browser itself
 * comes again with Last-Event-ID when a connection ends, as at a release; where it gives up, since the answer was an
 * error, this comes again and says where to go on. Returns what ends it.
 */
export function openStream(address, { onState, onTicks, onGap }) {
  let source;
  let lastId;
  let pause = pauseMs.first;
  let timer;

  const open = () => {
    source = new EventSource(lastId === undefined ? address : `${address}?after=${lastId}`);
    source.addEventListener('open', () => {
      pause = pauseMs.first;
      onState('live');
    });
    source.addEventListener('ticks', ({ data, lastEventId }) => {
      lastId = lastEventId;
      onTicks(JSON.parse(data));
    });
    source.addEventListener('gap', () => onGap());
    source.addEventListener('error', () => {
      onState('reconnecting');
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, pause);
      pause = Math.min(2 * pause, pauseMs.longest);
    });
  };

  onState('connecting');
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
