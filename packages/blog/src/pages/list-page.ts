import { encodeCursor, fill, type Html, html, type Language, type Page } from '@slipway/service-kit';
import type { Part } from '../part.ts';
import type { Summary } from '../posts/post.ts';
import { addressOfPost } from '../posts/post-routes.ts';
import type { PostPosition } from '../posts/post-store.ts';
import { addressOf } from './address.ts';
import { type BlogTexts, textsOf } from './texts.ts';
import { showTime } from './time.ts';

/** What the page of posts shows. */
export type ShownList = {
  readonly part: Part<Summary, PostPosition>;
  readonly language: Language;
  /** What the reader said about the language, which links keep. */
  readonly lang: string | undefined;
  /** Only the posts of the user with this id. */
  readonly author: string | undefined;
  /** Whether newer posts come before these. */
  readonly further: boolean;
};

/** Returns the page that lists posts. */
export function showList(list: ShownList): Page {
  const { part, author, language } = list;
  const texts = textsOf(language);
  const name = part.items[0]?.author.name;
  return {
    title: texts.blog,
    lead: author === undefined || name === undefined ? texts.lead : fill(texts.leadOfAuthor, { name }),
    content: html`${showTools(list, texts)}
${part.items.length === 0 ? html`<p>${texts.nothingYet}</p>` : part.items.map(post => showSummary(post, list, texts))}
${showSteps(list, texts)}`,
    styles: ['blog.css'],
  };
}

function showTools({ lang }: ShownList, texts: BlogTexts): Html {
  return html`<p class="d-flex flex-wrap gap-2 align-items-center">
<a class="btn btn-primary" href="${addressOf('/blog/write', { lang })}">${texts.write}</a>
<a class="btn btn-secondary" href="/blog/feed.xml" type="application/atom+xml">${texts.feed}</a>
</p>`;
}

function showSummary(post: Summary, { lang }: ShownList, texts: BlogTexts): Html {
  const byAuthor = addressOf('/blog/', { author: post.author.id, lang });
  return html`
<article class="mb-4">
<h2 class="h4 mb-1 text-break"><a href="${addressOf(addressOfPost(post), { lang })}">${post.title}</a></h2>
<p class="small text-body-secondary mb-1"><a class="link-body-emphasis" href="${byAuthor}">${fill(texts.by, { name: post.author.name })}</a>, ${showTime(post.publishedAt)}</p>
<p class="mb-0 text-break">${post.excerpt}</p>
</article>`;
}

function showSteps({ part, author, further, lang }: ShownList, texts: BlogTexts): Html {
  const link = (text: string, address: string) =>
    html`<a class="btn btn-primary" href="${address}">${text}</a>\n`;
  const after = part.next && encodeCursor(part.next);
  return html`<p class="d-flex flex-wrap gap-2">
${author === undefined ? '' : link(texts.everybody, addressOf('/blog/', { lang }))}
${further ? link(texts.newest, addressOf('/blog/', { author, lang })) : ''}
${after === undefined ? '' : link(texts.older, addressOf('/blog/', { author, after, lang }))}
</p>`;
}
