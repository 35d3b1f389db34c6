import MarkdownIt, { type Token } from 'markdown-it';
import { maxDepth, maxParts } from './limits.ts';
import { isAllowedLink } from './link.ts';
import { tame } from './tame.ts';

/** Why a text is not rendered: its parts stand too deep in each other, or they are too many. */
export type Fault = 'depth' | 'parts';

/** A text's parts, or why it has too much of them. */
export type Parsed = { readonly tokens: Token[]; readonly fault: Fault | undefined };

/**
 * Reads CommonMark with tables and strikethrough. Markup in the text stays text; `topHeading` is the level that
 * the text's first-level headings have on the page, so that the page's outline stays right.
 */
export function parseMarkdown(source: string, topHeading: number): Parsed {
  const notes: Notes = { fault: undefined };
  const tokens = parser.parse(source, notes);
  if (notes.fault !== undefined) return { tokens: [], fault: notes.fault };
  return tame(tokens, { sourceLength: source.length, topHeading });
}

/** Turns what `parseMarkdown` returned into HTML, not yet sanitized. */
export function renderTokens(tokens: Token[]): string {
  return parser.renderer.render(tokens, parser.options, {});
}

/** What the parser notes about a text. */
type Notes = { fault: Fault | undefined; [key: string]: unknown };

const parser = createParser();

function createParser() {
  // The parser drops in silence what stands deeper than its own limit, so ours is reached first and told.
  const markdown = new MarkdownIt({ html: false, linkify: false, maxNesting: maxDepth + 4 });
  markdown.validateLink = isAllowedLink;
  markdown.block.ruler.before('table', 'note_depth', ({ level, env }) => {
    if (level > maxDepth) (env as Notes).fault = 'depth';
    return false;
  });
  // Words are read after blocks: of a text that is refused anyway they need not be.
  markdown.core.ruler.after('block', 'note_parts', state => {
    const notes = state.env as Notes;
    if (state.tokens.length > maxParts) notes.fault ??= 'parts';
    if (notes.fault !== undefined) state.tokens = [];
  });
  markdown.renderer.rules.table_open = () =>
    '<div class="table-responsive" tabindex="0"><table class="table">\n';
  markdown.renderer.rules.table_close = () => '</table></div>\n';
  return markdown;
}
