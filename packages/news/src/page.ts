import { type Html, html, type Page } from '@slipway/service-kit';
import type { Article } from './article.ts';

/** Returns the page that shows these articles. */
export function showArticles(articles: readonly Article[]): Page {
  return {
    title: 'News',
    lead: 'What happened, the newest first.',
    content:
      articles.length === 0 ? nothingYet : html`<ul class="list-unstyled">${articles.map(showArticle)}</ul>`,
  };
}

const nothingYet = html`<p>Nothing has been published yet. <code>POST /news/articles</code> publishes.</p>`;

function showArticle({ title, summary, category, publishedAt }: Article): Html {
  return html`
<li class="card mb-3"><article class="card-body">
<h2 class="h5 card-title">${title}</h2>
<p class="small text-body-secondary mb-2"><span class="badge text-bg-secondary">${category}</span>
<time datetime="${publishedAt}">${publishedAt.slice(0, 16).replace('T', ' ')} UTC</time></p>
<p class="card-text">${summary}</p>
</article></li>`;
}
