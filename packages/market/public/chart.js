// Draws candles as SVG. Colours and lines are the style sheet's.

import { rangeOf, toDollars } from './candles.js';

const size = { width: 720, height: 340 };
const plot = { left: 4, right: 652, top: 10, bottom: 250 };
const bars = { top: 262, bottom: 310 };
const namespace = 'http://www.w3.org/2000/svg';

/** Draws these candles, and nothing else, into the element. */
export function drawChart(svg, { candles, interval }) {
  const parts = candles.length === 0 ? [] : drawAll(candles, interval);
  svg.setAttribute('viewBox', `0 0 ${size.width} ${size.height}`);
  svg.replaceChildren(...parts);
}

function drawAll(candles, interval) {
  const { low, high } = rangeOf(candles);
  const margin = Math.max(1, (high - low) * 0.06);
  const [bottom, top] = [low - margin, high + margin];
  const y = price => plot.bottom - ((price - bottom) / (top - bottom)) * (plot.bottom - plot.top);
  const step = (plot.right - plot.left) / candles.length;
  const x = index => plot.left + step * (index + 0.5);
  const most = Math.max(...candles.map(({ volume }) => volume), 1);
  return [
    ...drawPrices(bottom, top, y),
    ...drawTimes(candles, interval, x),
    ...candles.map((candle, index) => drawVolume(candle, x(index), step, most)),
    ...candles.map((candle, index) => drawCandle(candle, x(index), step, y)),
    ...drawLast(candles.at(-1).close, y),
  ];
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
  const height = (volume / most) * (bars.bottom - bars.top);
  return element('rect', { class: 'volume', x: x - width / 2, y: bars.bottom - height, width, height });
}

function drawPrices(bottom, top, y) {
  return [0.1, 0.37, 0.63, 0.9].flatMap(part => {
    const price = bottom + (top - bottom) * part;
    return [
      element('line', { class: 'grid', x1: plot.left, x2: plot.right, y1: y(price), y2: y(price) }),
      label(toDollars(Math.round(price)), plot.right + 8, y(price) + 4),
    ];
  });
}

function drawTimes(candles, interval, x) {
  const every = Math.ceil(candles.length / 6);
  return candles.flatMap(({ start }, index) =>
    index % every === 0 ? [label(describeTime(start, interval), x(index), size.height - 12, 'middle')] : [],
  );
}

function drawLast(price, y) {
  return [element('line', { class: 'last', x1: plot.left, x2: plot.right, y1: y(price), y2: y(price) })];
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
