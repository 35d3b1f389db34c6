import { fill, type Html, html, type Language, type Page, type PageRequest } from '@slipway/service-kit';
import { type Interval, intervals, lengthMs, startOf } from './candle.ts';
import type { CandleReader } from './candle-reader.ts';
import { type AboutFeed, type Feed, FeedAway } from './feed.ts';
import { changeInPercent, inDollars } from './money.ts';
import type { Quote, QuoteBoard } from './quote-board.ts';
import { tellCandle, usualLimit } from './schemas.ts';
import { type MarketTexts, textsOf } from './texts.ts';

export type PageDeps = { readonly feed: Feed; readonly board: QuoteBoard; readonly reader: CandleReader };

type Shown = {
  readonly about: AboutFeed;
  readonly quotes: readonly Quote[];
  readonly candles: readonly TableCandle[];
};
type TableCandle = ReturnType<typeof tellCandle>;
type Choice = { readonly symbol: string; readonly interval: Interval };

/** Returns the page with the quotes and the candles of this moment; its scripts go on from there. */
export async function showMarket(deps: PageDeps, { language, query }: PageRequest): Promise<Page> {
  const texts = textsOf(language);
  const shown = await readShown(deps, query.symbol, query.interval).catch(error => {
    if (error instanceof FeedAway) return undefined;
    throw error;
  });
  const choice = { symbol: shown?.symbol ?? '', interval: shown?.interval ?? '1m' };
  return {
    title: texts.title,
    lead: texts.lead,
    scripts: ['market.js'],
    styles: ['market.css'],
    data: { texts, language, limits: usualLimit, ...choice },
    content: html`<div id="market" class="${language === 'zh' ? 'red-up' : 'green-up'}">
<p class="alert alert-info py-2" id="market-source">${shown?.about.source.real === true ? texts.real : texts.generated}</p>
<div class="d-flex flex-wrap align-items-center gap-3 mb-3">
<p class="mb-0" id="stream-state" role="status" data-state="connecting"><noscript>${texts.withoutScript}</noscript></p>
<button class="btn btn-sm btn-secondary" type="button" id="stream-pause" hidden>${texts.pause}</button>
</div>
<p class="visually-hidden" id="market-announcer" role="status"></p>
${shown === undefined ? html`<p class="alert alert-warning" id="market-away">${texts.noQuotes}</p>` : showAll(shown, choice, texts, language)}
<p class="text-body-secondary small mt-2 mb-0">${texts.colours}</p>
</div>`,
  };
}

async function readShown({ feed, board, reader }: PageDeps, wantedSymbol: unknown, wantedInterval: unknown) {
  const [about, { at }, quotes] = await Promise.all([feed.about(), feed.latest(), board.quotes()]);
  const symbols = about.instruments.map(({ symbol }) => symbol);
  const symbol = symbols.find(each => each === wantedSymbol) ?? symbols[0]!;
  const interval = intervals.find(each => each === wantedInterval) ?? '1m';
  const to = startOf(interval, at) + lengthMs[interval];
  const from = Math.max(to - usualLimit[interval] * lengthMs[interval], startOf('1d', at) - lengthMs['1d']);
  const { candles } = await reader.read({ symbol, interval, from, to });
  return { about, quotes, candles: candles.map(tellCandle), symbol, interval };
}

function showAll(
  { about, quotes, candles }: Shown,
  choice: Choice,
  texts: MarketTexts,
  language: Language,
): Html {
  const names = new Map(about.instruments.map(({ symbol, name }) => [symbol, name[language]]));
  return html`<div class="row g-4">
<div class="col-lg-5">
<div class="table-responsive">
<table class="table align-middle mb-0" id="quotes">
<caption class="caption-top">${texts.quotes}</caption>
<thead><tr><th scope="col">${texts.symbol}</th><th scope="col">${texts.company}</th><th scope="col" class="text-end">${texts.price}</th><th scope="col" class="text-end">${texts.today}</th></tr></thead>
<tbody>${quotes.map(quote => showQuote(quote, names.get(quote.symbol) ?? '', choice, texts, language))}</tbody>
</table>
</div>
</div>
<section class="col-lg-7" aria-labelledby="chart-title">
<h2 class="h5" id="chart-title">${fill(texts.candlesOf, { symbol: choice.symbol })}</h2>
${showIntervals(choice, texts, language)}
<figure class="mb-2"><svg id="chart" role="img" aria-labelledby="chart-title" aria-describedby="chart-text"></svg>
<figcaption class="small text-body-secondary" id="chart-text"></figcaption></figure>
<details id="chart-details"><summary>${texts.asTable}</summary>
<div class="table-responsive">${showCandles(candles, texts)}</div></details>
</section>
</div>`;
}

function showQuote(quote: Quote, name: string, choice: Choice, texts: MarketTexts, language: Language): Html {
  const { symbol, price, open } = quote;
  const [direction, mark, word] = describeChange(price, open, texts);
  const change = open === undefined ? '–' : `${changeInPercent(open, price)} %`;
  const current = symbol === choice.symbol ? html` aria-current="true"` : html``;
  return html`
<tr data-symbol="${symbol}" data-open="${open === undefined ? '' : inDollars(open)}"><th scope="row"><a href="/market/?symbol=${symbol}&interval=${choice.interval}&lang=${language}"${current}>${symbol}</a></th>
<td>${name}</td><td class="text-end font-monospace" data-price>${inDollars(price)}</td>
<td class="text-end text-nowrap ${direction}" data-change><span aria-hidden="true">${mark}</span> <span class="visually-hidden">${word}</span> <span>${change}</span></td></tr>`;
}

function describeChange(price: number, open: number | undefined, texts: MarketTexts) {
  if (open === undefined || price === open) return ['same', '＝', texts.unchanged] as const;
  return price > open ? (['up', '▲', texts.risen] as const) : (['down', '▼', texts.fallen] as const);
}

function showIntervals(choice: Choice, texts: MarketTexts, language: Language): Html {
  const labels: Readonly<Record<Interval, string>> = {
    '1m': texts.minute,
    '1h': texts.hour,
    '1d': texts.day,
  };
  return html`<form action="/market/" id="intervals">
<input type="hidden" name="symbol" value="${choice.symbol}"><input type="hidden" name="lang" value="${language}">
<fieldset class="mb-2"><legend class="visually-hidden">${texts.interval}</legend>
<div class="btn-group btn-group-sm">${intervals.map(
    interval => html`
<input class="btn-check" type="radio" name="interval" value="${interval}" id="interval-${interval}"${interval === choice.interval ? html` checked` : html``}>
<label class="btn btn-outline-primary" for="interval-${interval}">${labels[interval]}</label>`,
  )}</div>
<noscript><button class="btn btn-sm btn-primary" type="submit">${texts.show}</button></noscript></fieldset></form>`;
}

function showCandles(candles: readonly TableCandle[], texts: MarketTexts): Html {
  const heads = [texts.start, texts.open, texts.high, texts.low, texts.close, texts.volume];
  return html`<table class="table table-sm small" id="candles">
<thead><tr>${heads.map(head => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${candles.toReversed().map(
    candle => html`<tr><th scope="row">${candle.start.slice(0, 16).replace('T', ' ')}${candle.partial ? ` (${texts.partial})` : ''}</th>
<td>${candle.open}</td><td>${candle.high}</td><td>${candle.low}</td><td>${candle.close}</td><td>${candle.volume}</td></tr>`,
  )}</tbody></table>`;
}
