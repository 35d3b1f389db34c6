import { encodeCursor, etagOf, fill, type Html, html, type Language, type Page } from '@slipway/service-kit';
import type { Comment } from '../comments/comment.ts';
import type { Order } from '../comments/comment-store.ts';
import type { Render } from '../markdown/cache.ts';
import { maxCommentLength } from '../markdown/limits.ts';
import { commentHeading, postHeading } from '../markdown/preview-route.ts';
import type { Part } from '../part.ts';
import type { Post } from '../posts/post.ts';
import { addressOfPost } from '../posts/post-routes.ts';
import { addressOf } from './address.ts';
import { type BlogTexts, scriptTexts, textsOf } from './texts.ts';
import { sayTime, showTime } from './time.ts';

/** What the page of one post shows. */
export type ShownPost = {
  readonly post: Post;
  readonly comments: Part<Comment, string>;
  readonly order: Order;
  readonly render: Render;
  readonly language: Language;
  readonly lang: string | undefined;
};

/** Returns the page of a post with its comments. What only some may do is hidden until the script knows who reads. */
export function showPost(shown: ShownPost): Page {
  const { post, render, language, lang } = shown;
  const texts = textsOf(language);
  const address = addressOfPost(post);
  return {
    title: post.title,
    lead: fill(texts.by, { name: post.author.name }),
    content: html`<article>
<p class="small text-body-secondary">${showTime(post.publishedAt)}${showEdited(post, texts)}</p>
<div class="markdown text-break">${{ html: render(post.body, postHeading).html }}</div>
<p data-only-for="${post.author.id}" hidden>
<a class="btn btn-sm btn-primary" href="${addressOf(`${address}/edit`, { lang })}">${texts.edit}</a>
<button class="btn btn-sm btn-danger" type="button" data-delete="${address}" data-then="${addressOf('/blog/', { lang })}">${texts.remove}</button>
</p>
</article>
<section aria-labelledby="comments">
<h2 class="h4 mt-5" id="comments" tabindex="-1">${texts.comments}</h2>
${showComments(shown, texts)}
${showForm(shown, texts)}
</section>`,
    scripts: ['post-page.js'],
    styles: ['blog.css'],
    data: { etag: etagOf(post), texts: scriptTexts(texts) },
  };
}

function showEdited({ updatedAt, publishedAt }: Post, texts: BlogTexts): Html | string {
  return updatedAt === publishedAt ? '' : `; ${fill(texts.edited, { time: sayTime(updatedAt) })}`;
}

function showComments(shown: ShownPost, texts: BlogTexts): Html {
  const { post, comments, order, lang } = shown;
  if (comments.items.length === 0) return html`<p>${texts.noComments}</p>`;
  const to = (query: Record<string, string | undefined>) =>
    `${addressOf(addressOfPost(post), { ...query, lang })}#comments`;
  const sort = (to: string, text: string, chosen: boolean) =>
    html`<a class="btn btn-sm btn-secondary${chosen ? ' active' : ''}" ${chosen ? html`aria-current="true"` : ''} href="${to}">${text}</a>\n`;
  const next = comments.next === undefined ? undefined : encodeCursor(comments.next);
  return html`<p class="d-flex gap-2">
${sort(to({}), texts.oldestFirst, order === 'oldest')}
${sort(to({ order: 'newest' }), texts.newestFirst, order === 'newest')}
</p>
${comments.items.map(comment => showComment(comment, shown, texts))}
${next === undefined ? '' : html`<p><a class="btn btn-primary" href="${to({ order, after: next })}">${texts.moreComments}</a></p>`}`;
}

function showComment(comment: Comment, { post, render }: ShownPost, texts: BlogTexts): Html {
  return html`
<article class="card mb-3" id="${comment.id}">
<div class="card-body">
<h3 class="h6 card-title mb-1">${comment.author.name}</h3>
<p class="small text-body-secondary">${showTime(comment.publishedAt)}</p>
<div class="markdown text-break">${{ html: render(comment.body, commentHeading).html }}</div>
<p class="mb-0" data-only-for="${comment.author.id} ${post.author.id}" hidden><button class="btn btn-sm btn-danger" type="button" data-delete="${addressOfPost(post)}/comments/${comment.id}">${texts.remove}</button></p>
</div>
</article>`;
}

function showForm({ post, lang }: ShownPost, texts: BlogTexts): Html {
  return html`
<form id="comment-form" action="${addressOfPost(post)}/comments" data-signed-in hidden>
<label class="form-label" for="comment-body">${texts.yourComment}</label>
<textarea class="form-control" id="comment-body" name="body" rows="4" maxlength="${maxCommentLength}" required aria-describedby="comment-hint"></textarea>
<p class="form-text" id="comment-hint">${texts.markdownHint}</p>
<button class="btn btn-primary" type="submit">${texts.send}</button>
</form>
${showSignIn(texts, addressOf(addressOfPost(post), { lang }))}`;
}

/** What a reader sees who cannot write yet, and where the scripts say what happens. Signing in leads back to `here`. */
export function showSignIn(texts: BlogTexts, here: string): Html {
  return html`<p data-signed-out hidden><a class="btn btn-primary" href="${addressOf('/users/', { return: here })}">${texts.signIn}</a></p>
<noscript><p>${texts.needsScript}</p></noscript>
<div class="mt-2" id="message" role="alert"></div>`;
}
