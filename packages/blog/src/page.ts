import { type Html, html, type Page } from '@slipway/service-kit';
import type { Post } from './post.ts';

/** Returns the page that shows these posts. */
export function showPosts(posts: readonly Post[]): Page {
  return {
    title: 'Blog',
    lead: 'What people write, the newest first.',
    content: posts.length === 0 ? nothingYet : html`${posts.map(showPost)}`,
  };
}

const nothingYet = html`<p>Nobody has written yet. <code>POST /blog/posts</code> publishes.</p>`;

function showPost({ title, body, author, publishedAt }: Post): Html {
  const paragraphs = body.split(/\n\s*\n/).map(text => html`<p>${text}</p>`);
  return html`
<article class="mb-4">
<h2 class="h4 mb-1">${title}</h2>
<p class="small text-body-secondary">${author},
<time datetime="${publishedAt}">${publishedAt.slice(0, 16).replace('T', ' ')} UTC</time></p>
${paragraphs}
</article>`;
}
