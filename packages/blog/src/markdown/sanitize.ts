import sanitizeHtml from 'sanitize-html';
import { maxDepth } from './limits.ts';
import { isAllowedLink, linkRelation } from './link.ts';

/**
 * The second layer: whatever the parser made, only what stands in this list reaches a page. It never relies on
 * the parser being right.
 */
export function sanitize(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: [...allowedTags],
    allowedAttributes: { a: ['href', 'rel'], pre: ['tabindex'], div: ['tabindex'], ol: ['start'] },
    allowedClasses: {
      code: [/^language-[A-Za-z0-9+#._-]{1,30}$/],
      table: ['table'],
      div: ['table-responsive'],
      th: ['text-center', 'text-end'],
      td: ['text-center', 'text-end'],
    },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowProtocolRelative: false,
    disallowedTagsMode: 'discard',
    nestingLimit: 2 * maxDepth + 8,
    transformTags: {
      a: (tagName, { href = '' }) => ({
        tagName,
        attribs: isAllowedLink(href) ? { href, rel: linkRelation } : {},
      }),
      pre: () => ({ tagName: 'pre', attribs: { tabindex: '0' } }),
      ol: (tagName, { start = '' }) => ({ tagName, attribs: /^\d{1,9}$/.test(start) ? { start } : {} }),
    },
  });
}

/** The elements that a text may become. Its headings begin at the second level: the first is the page's. */
export const allowedTags = [
  ...['p', 'br', 'hr', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote', 'pre', 'code'],
  ...['em', 'strong', 's', 'a', 'div', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
] as const;
