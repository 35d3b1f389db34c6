import { type Fault, parseMarkdown, renderTokens } from './parser.ts';
import { sanitize } from './sanitize.ts';
import { textOf } from './tame.ts';

/** Safe HTML, and why it is only the plain text where the Markdown is more than is rendered. */
export type Rendered = { readonly html: string; readonly fault: Fault | undefined };

/**
 * Returns a text's Markdown as HTML that may stand on a page. A text that is too deep or has too many parts
 * is shown as it was written: writes refuse such texts, so only a lower limit of a later version meets one.
 */
export function renderMarkdown(source: string, topHeading: number): Rendered {
  const { tokens, fault } = parseMarkdown(source, topHeading);
  const html = fault === undefined ? renderTokens(tokens) : `<pre>${escapeMarkup(source)}</pre>\n`;
  return { html: sanitize(html), fault };
}

/** Returns why this text could not be rendered, if it could not. */
export function findFault(source: string): Fault | undefined {
  return parseMarkdown(source, 1).fault;
}

/** Returns the first words of a text, without markup and with at most `length` characters. */
export function excerptOf(source: string, length: number): string {
  const { tokens, fault } = parseMarkdown(source, 1);
  const lines = tokens.map(({ type, content, children }) => {
    return type === 'fence' || type === 'code_block' ? content : textOf(children ?? []);
  });
  const said = fault === undefined ? lines.filter(Boolean).join(' ') : source;
  const words = [...said.replace(/\s+/g, ' ').trim()];
  return words.length <= length ? words.join('') : `${words.slice(0, length - 1).join('')}…`;
}

function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
