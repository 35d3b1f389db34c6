// Draws candles as SVG. Colours and lines are the style sheet's.

import { rangeOf, toDollars } from './candles.js';

const height = 340;
const margin = { left: 4, right: 68, top: 10 };
const lowest = { price: 250, volume: 310, time: 328 };
/** How high the bars of volume are, and how wide a time is. */
const barHeight = 48;
const timeWidth = 100;
const namespace = 'http://www.w3.org/2000/svg';

/** Draws these candles, and nothing else, into the element, as wide as it is: texts keep their size on a phone. */
export function drawChart(svg, { candles, interval }) {
  const width = Math.min(1000, Math.max(320, Math.round(svg.clientWidth)));
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.replaceChildren(...(candles.length === 0 ? [] : drawAll(candles, interval, width)));
}

function drawAll(candles, interval, width) {
  const right = width - margin.right;
  const step = (right - margin.left) / candles.length;
  const x = index => margin.left + step * (index + 0.5);
  const y = scalePrices(rangeOf(candles));
  const most = Math.max(...candles.map(({ volume }) => volume), 1);
  return [
    ...drawPrices(rangeOf(candles), y, right),
    ...drawTimes(candles, interval, x, right),
    ...candles.map((candle, index) => drawVolume(candle, x(index), step, most)),
    ...candles.map((candle, index) => drawCandle(candle, x(index), step, y)),
    drawLevel('last', y(candles.at(-1).close), right),
  ];
}

function scalePrices({ low, high }) {
  const space = Math.max(1, (high - low) * 0.06);
  const [bottom, top] = [low - space, high + space];
  return price => lowest.price - ((price - bottom) / (top - bottom)) * (lowest.price - margin.top);
}

function drawCandle({ open, high, low, close, partial }, x, step, y) {
  const width = Math.max(2, step * 0.66);
  const [upper, lower] = [y(Math.max(open, close)), y(Math.min(open, close))];
  const group = element('g', { class: `candle ${close < open ? 'down' : 'up'}${partial ? ' partial' : ''}` });
  group.append(
    element('line', { x1: x, x2: x, y1: y(high), y2: upper }),
    element('line', { x1: x, x2: x, y1: lower, y2: y(low) }),
    element('rect', { x: x - width / 2, y: upper, width, height: Math.max(1, lower - upper) }),
  );
  return group;
}

function drawVolume({ volume }, x, step, most) {
  const width = Math.max(1, step * 0.66);
  const high = (volume / most) * barHeight;
  return element('rect', { class: 'volume', x: x - width / 2, y: lowest.volume - high, width, height: high });
}

function drawPrices({ low, high }, y, right) {
  return [0, 1 / 3, 2 / 3, 1].flatMap(part => {
    const price = Math.round(low + (high - low) * part);
    return [drawLevel('grid', y(price), right), label(toDollars(price), right + 8, y(price) + 4)];
  });
}

function drawTimes(candles, interval, x, right) {
  const every = Math.ceil((candles.length * timeWidth) / right);
  return candles.flatMap(({ start }, index) => {
    if (index % every !== 0) return [];
    return [
      label(
        describeTime(start, interval),
        index === 0 ? margin.left : x(index),
        lowest.time,
        index === 0 ? 'start' : 'middle',
      ),
    ];
  });
}

function drawLevel(name, y, right) {
  return element('line', { class: name, x1: margin.left, x2: right, y1: y, y2: y });
}

/** A short time in UTC: of the day, or the day itself. */
export function describeTime(start, interval) {
  const iso = new Date(start).toISOString();
  return interval === '1d' ? iso.slice(5, 10) : iso.slice(11, 16);
}

function label(text, x, y, anchor = 'start') {
  const node = element('text', { x, y, 'text-anchor': anchor });
  node.textContent = text;
  return node;
}

function element(name, attributes) {
  const node = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) {
    node.setAttribute(key, typeof value === 'number' ? String(Math.round(100 * value) / 100) : value);
  }
  return node;
}
