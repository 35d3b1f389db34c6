import { etagOf, fill, html, type Language, type Page } from '@slipway/service-kit';
import { maxPostLength } from '../markdown/limits.ts';
import type { Post } from '../posts/post.ts';
import { addressOfPost } from '../posts/post-routes.ts';
import { addressOf } from './address.ts';
import { showSignIn } from './post-page.ts';
import { scriptTexts, textsOf } from './texts.ts';

/** Returns the page on which a post is written, or changed where there is one. */
export function showWriting(asked: { post?: Post; language: Language; lang: string | undefined }): Page {
  const { post, language, lang } = asked;
  const texts = textsOf(language);
  const address = post && addressOfPost(post);
  const here = addressOf(address === undefined ? '/blog/write' : `${address}/edit`, { lang });
  return {
    title: post === undefined ? texts.write : fill(texts.editPost, { title: post.title }),
    lead: texts.writeLead,
    content: html`<form id="post-form" data-signed-in hidden>
<div class="mb-3">
<label class="form-label" for="post-title">${texts.title}</label>
<input class="form-control" id="post-title" name="title" maxlength="200" required value="${post?.title ?? ''}">
</div>
<div class="mb-3">
<label class="form-label" for="post-body">${texts.body}</label>
<textarea class="form-control font-monospace" id="post-body" name="body" rows="14" maxlength="${maxPostLength}" required aria-describedby="post-hint">
${post?.body ?? ''}</textarea>
<p class="form-text" id="post-hint">${texts.markdownHint}</p>
</div>
<p class="d-flex flex-wrap gap-2">
<button class="btn btn-primary" type="submit">${post === undefined ? texts.publish : texts.save}</button>
<button class="btn btn-primary" type="button" id="preview-button" aria-controls="preview">${texts.preview}</button>
<a class="btn btn-secondary" href="${addressOf(address ?? '/blog/', { lang })}">${texts.cancel}</a>
</p>
</form>
${showSignIn(texts, here)}
<section aria-labelledby="preview-title" id="preview-section" hidden>
<h2 class="h4 mt-4" id="preview-title" tabindex="-1">${texts.preview}</h2>
<div class="markdown text-break border rounded p-3" id="preview"></div>
</section>`,
    scripts: ['write-page.js'],
    styles: ['blog.css'],
    data: {
      texts: scriptTexts(texts),
      query: lang === undefined ? '' : `?lang=${lang}`,
      ...(post !== undefined && { address, author: post.author.id, etag: etagOf(post) }),
    },
  };
}
