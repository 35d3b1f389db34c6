import { type Html, html, type Page } from '@slipway/service-kit';
import type { Quote } from './quote.ts';

/** Returns the page that shows these quotes and says where they come from. */
export function showQuotes(source: string, quotes: readonly Quote[]): Page {
  return {
    title: 'Market',
    lead: 'What shares cost at the moment.',
    content: html`<div class="table-responsive">
<table class="table align-middle">
<caption>${source}</caption>
<thead><tr><th scope="col">Symbol</th><th scope="col">Company</th><th scope="col" class="text-end">Price</th>
<th scope="col" class="text-end">Today</th></tr></thead>
<tbody>${quotes.map(showQuote)}</tbody>
</table>
</div>`,
  };
}

function showQuote({ symbol, name, price, change }: Quote): Html {
  const colour = change < 0 ? 'text-danger-emphasis' : 'text-success-emphasis';
  return html`
<tr><th scope="row">${symbol}</th><td>${name}</td><td class="text-end">$${price.toFixed(2)}</td>
<td class="text-end ${colour}">${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(2)} %</td></tr>`;
}
