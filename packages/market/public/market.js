// Keeps quotes and candles of the page up to date.

import { addTrade, changeOf, rangeOf, readCandles, toCents, toDollars } from './candles.js';
import { describeTime, drawChart } from './chart.js';
import { openStream } from './stream.js';

const { texts, limits, ...choice } = JSON.parse(document.getElementById('page-data').textContent);
const find = id => document.getElementById(id);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** How often the price of the chosen instrument is read out, and after how long prices count as old. */
const announceMs = 20_000;
const staleMs = 5000;
/** After a longer pause of the prices the candles are read again. */
const longestPauseMs = 60_000;
/** How many of the last ticks are kept for candles that are read meanwhile. */
const ticksKept = 120;

const marks = { up: '▲', down: '▼', same: '＝' };
const words = { up: texts.risen, down: texts.fallen, same: texts.unchanged };

let series = { ...choice, at: 0, candles: [], failed: false };
let recent = [];
let day;
let close;
let announcedAt = 0;
let lastHeard;
let lastAt;
let state = 'connecting';

if (find('quotes')) {
  listenToChoices();
  loadCandles();
  resume();
  setInterval(showState, 1000);
} else {
  // Nothing is known yet: the page is loaded again as soon as there are prices.
  setState('reconnecting');
  setInterval(async () => {
    const answer = await fetch('/market/quotes', { cache: 'no-store' }).catch(() => undefined);
    if (answer?.ok) location.reload();
  }, 3000);
}

function listenToChoices() {
  find('quotes').addEventListener('click', event => {
    const link = event.target.closest('a');
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose({ symbol: link.textContent });
  });
  find('intervals').addEventListener('change', event => choose({ interval: event.target.value }));
  find('stream-pause').hidden = false;
  find('stream-pause').addEventListener('click', () => (close === undefined ? resume() : pause()));
}

function choose(change) {
  Object.assign(choice, change);
  find('chart-title').textContent = fill(texts.candlesOf, choice);
  find('intervals').elements.symbol.value = choice.symbol;
  for (const link of find('quotes').querySelectorAll('a')) {
    if (link.textContent === choice.symbol) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
    const address = new URL(link.href);
    address.searchParams.set('interval', choice.interval);
    link.href = address.href;
  }
  const address = new URL(location.href);
  address.searchParams.set('symbol', choice.symbol);
  address.searchParams.set('interval', choice.interval);
  history.replaceState(null, '', address);
  announcedAt = 0;
  loadCandles();
}

function resume() {
  close = openStream('/market/stream', { onState: setState, onTicks: hear, onGap: recover });
  find('stream-pause').textContent = texts.pause;
}

function pause() {
  close();
  close = undefined;
  setState('paused');
  find('stream-pause').textContent = texts.resume;
}

function recover() {
  recent = [];
  loadQuotes();
  loadCandles();
}

function hear({ at, items }) {
  const time = Date.parse(at);
  const trades = items.map(({ symbol, price, volume }) => ({
    symbol,
    at: time,
    price: toCents(price),
    volume,
  }));
  lastHeard = Date.now();
  if (lastAt !== undefined && time - lastAt > longestPauseMs) recover();
  lastAt = time;
  recent = [...recent, trades].slice(-ticksKept);
  for (const trade of trades) showPrice(trade);
  addToCandles(trades);
  const today = at.slice(0, 10);
  const unknown = find('quotes').querySelector('tr[data-open=""]') !== null;
  if ((day !== undefined && day !== today) || unknown) loadQuotes();
  day = today;
}

function showPrice({ symbol, price }) {
  const row = find('quotes').querySelector(`tr[data-symbol="${CSS.escape(symbol)}"]`);
  if (row === null) return;
  const cell = row.querySelector('[data-price]');
  const text = toDollars(price);
  cell.classList.toggle('changed', cell.textContent !== text);
  cell.textContent = text;
  showChange(row, price);
}

function showChange(row, price) {
  if (row.dataset.open === '') return;
  const { direction, text } = changeOf(toCents(row.dataset.open), price);
  const cell = row.querySelector('[data-change]');
  cell.classList.remove('up', 'down', 'same');
  cell.classList.add(direction);
  const [mark, word, value] = cell.querySelectorAll('span');
  mark.textContent = marks[direction];
  word.textContent = words[direction];
  value.textContent = `${text} %`;
}

/** A new day has a new first price. */
async function loadQuotes() {
  const answer = await fetch('/market/quotes', { cache: 'no-store' }).catch(() => undefined);
  if (!answer?.ok) return;
  for (const { symbol, open, price } of (await answer.json()).items) {
    const row = find('quotes').querySelector(`tr[data-symbol="${CSS.escape(symbol)}"]`);
    if (row === null) continue;
    if (open !== undefined) row.dataset.open = open;
    showChange(row, toCents(price));
  }
}

async function loadCandles() {
  const { symbol, interval } = choice;
  const address = `/market/candles/${symbol}?interval=${interval}&limit=${limits[interval]}`;
  const answer = await fetch(address).catch(() => undefined);
  if (symbol !== choice.symbol || interval !== choice.interval) return;
  if (!answer?.ok) {
    series = { ...choice, at: 0, candles: [], failed: true };
    draw();
    return;
  }
  series = readCandles(await answer.json());
  for (const trades of recent) addToCandles(trades);
  draw();
}

function addToCandles(trades) {
  const trade = trades.find(({ symbol }) => symbol === series.symbol);
  if (trade === undefined || series.at === 0) return;
  const before = series;
  series = addTrade(series, trade, limits[series.interval]);
  if (series !== before) draw();
}

let drawing = false;
function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    drawChart(find('chart'), series);
    describeChart();
    if (find('chart-details').open) showTable();
    announce();
  });
}

function describeChart() {
  const { candles, interval } = series;
  if (candles.length === 0) {
    find('chart-text').textContent = series.failed ? texts.noCandles : texts.nothing;
    return;
  }
  const { low, high } = rangeOf(candles);
  find('chart-text').textContent = fill(texts.described, {
    count: candles.length,
    from: describeTime(candles[0].start, interval),
    to: describeTime(candles.at(-1).start, interval),
    low: toDollars(low),
    high: toDollars(high),
    close: toDollars(candles.at(-1).close),
  });
}

find('chart-details')?.addEventListener('toggle', showTable);

function showTable() {
  const rows = series.candles.toReversed().map(candle => {
    const row = document.createElement('tr');
    const head = document.createElement('th');
    head.scope = 'row';
    const start = new Date(candle.start).toISOString().slice(0, 16).replace('T', ' ');
    head.textContent = candle.partial ? `${start} (${texts.partial})` : start;
    const values = [candle.open, candle.high, candle.low, candle.close].map(toDollars);
    row.append(head, ...[...values, String(candle.volume)].map(createCell));
    return row;
  });
  find('candles').tBodies[0].replaceChildren(...rows);
}

function createCell(text) {
  const cell = document.createElement('td');
  cell.textContent = text;
  return cell;
}

/** Reads out the chosen price now and then, not at each change. */
function announce() {
  const last = series.candles.at(-1);
  const row = find('quotes').querySelector(`tr[data-symbol="${CSS.escape(series.symbol)}"]`);
  if (last === undefined || !row?.dataset.open || Date.now() - announcedAt < announceMs) return;
  announcedAt = Date.now();
  const { text: change } = changeOf(toCents(row.dataset.open), last.close);
  const price = toDollars(last.close);
  find('market-announcer').textContent = fill(texts.announce, { symbol: series.symbol, price, change });
}

function setState(next) {
  state = next;
  showState();
}

function showState() {
  const silentMs = lastHeard === undefined ? 0 : Date.now() - lastHeard;
  const stale = state === 'live' && silentMs > staleMs;
  const text = stale ? fill(texts.stale, { age: Math.floor(silentMs / 10_000) * 10 }) : texts[state];
  const element = find('stream-state');
  element.dataset.state = stale ? 'stale' : state;
  if (element.textContent !== text) element.textContent = text;
}
