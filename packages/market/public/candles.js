// What the page knows of candles: plain values, no document. Prices are whole cents here.

export const lengthMs = { '1m': 60_000, '1h': 3_600_000, '1d': 86_400_000 };

/** Returns cents out of a decimal text. */
export function toCents(text) {
  return Math.round(100 * Number(text));
}

export function toDollars(cents) {
  return (cents / 100).toFixed(2);
}

/** Returns an answer of the service as the page keeps it. */
export function readCandles(answer) {
  const candles = answer.items.map(({ start, open, high, low, close, volume, partial }) => ({
    start: Date.parse(start),
    open: toCents(open),
    high: toCents(high),
    low: toCents(low),
    close: toCents(close),
    volume,
    partial,
  }));
  return { symbol: answer.symbol, interval: answer.interval, at: Date.parse(answer.at), candles };
}

/** Returns the series with this trade in it; what it has already is left out, the oldest candle makes room. */
export function addTrade(series, { at, price, volume }, limit) {
  if (at <= series.at) return series;
  const start = at - (at % lengthMs[series.interval]);
  const last = series.candles.at(-1);
  if (last !== undefined && last.start === start) {
    const grown = {
      ...last,
      high: Math.max(last.high, price),
      low: Math.min(last.low, price),
      close: price,
      volume: last.volume + volume,
    };
    return { ...series, at, candles: [...series.candles.slice(0, -1), grown] };
  }
  const over = series.candles.map(candle => (candle.partial ? { ...candle, partial: false } : candle));
  const begun = { start, open: price, high: price, low: price, close: price, volume, partial: true };
  return { ...series, at, candles: [...over, begun].slice(-limit) };
}

/** Returns the change in per cent with its sign, and where it goes. */
export function changeOf(open, price) {
  const change = Math.round((10_000 * (price - open)) / open) / 100;
  const direction = price > open ? 'up' : price < open ? 'down' : 'same';
  const text = `${change > 0 ? '+' : ''}${change === 0 ? '0.00' : change.toFixed(2)}`;
  return { direction, text };
}

/** Returns the lowest and the highest price of all. */
export function rangeOf(candles) {
  return {
    low: Math.min(...candles.map(({ low }) => low)),
    high: Math.max(...candles.map(({ high }) => high)),
  };
}
