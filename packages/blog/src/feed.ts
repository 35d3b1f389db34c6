import { type Route, route } from '@slipway/service-kit';
import type { Summary } from './posts/post.ts';
import { addressOfPost } from './posts/post-routes.ts';
import type { PostStore } from './posts/post-store.ts';

/** The newest posts for feed readers. */
export function feedRoute(posts: PostStore): Route {
  return route({
    method: 'get',
    path: '/feed.xml',
    summary: 'Follow the newest posts with a feed reader',
    answers: { 200: { description: 'An Atom feed', type: 'application/atom+xml' } },
    handle: async () => ({ status: 200, body: renderFeed((await posts.listNewest({ limit: 20 })).items) }),
  });
}

/**
 * Returns an Atom feed (RFC 4287). Its links have no host: they count from where the feed was read, so that nobody's
 * Host header ends up in it.
 */
export function renderFeed(posts: readonly Summary[]): string {
  const updated = posts.map(({ updatedAt }) => updatedAt).reduce((a, b) => (a > b ? a : b), never);
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>urn:slipway:blog</id>
<title>Blog</title>
<updated>${updated}</updated>
<link rel="self" type="application/atom+xml" href="/blog/feed.xml"/>
<link rel="alternate" type="text/html" href="/blog/"/>
${posts.map(renderEntry).join('')}</feed>
`;
}

/** When a feed without posts was updated. */
const never = '1970-01-01T00:00:00.000Z';

function renderEntry(post: Summary): string {
  return `<entry>
<id>urn:slipway:blog:post:${escapeXml(post.id)}</id>
<title>${escapeXml(post.title)}</title>
<author><name>${escapeXml(post.author.name)}</name></author>
<published>${post.publishedAt}</published>
<updated>${post.updatedAt}</updated>
<link rel="alternate" type="text/html" href="${escapeXml(addressOfPost(post))}"/>
<summary>${escapeXml(post.excerpt)}</summary>
</entry>
`;
}

/** Text for XML, without what no XML may hold however it is written. https://www.w3.org/TR/xml/#charsets */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
