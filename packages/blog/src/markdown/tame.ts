import MarkdownIt, { type Token } from 'markdown-it';
import { maxDepth, maxLinkExpansion, maxParts } from './limits.ts';
import { isAllowedLink, linkRelation } from './link.ts';
import type { Parsed } from './parser.ts';

/**
 * Makes of a parsed text what may stand on a page: headings one page deeper, links marked as somebody else's,
 * pictures as links, since a page loads nothing from elsewhere.
 */
export function tame(tokens: Token[], text: { sourceLength: number; topHeading: number }): Parsed {
  const links = { charactersLeft: 1000 + maxLinkExpansion * text.sourceLength };
  let parts = 0;
  for (const token of tokens) {
    parts += 1 + (token.children?.length ?? 0);
    if (parts > maxParts) return { tokens: [], fault: 'parts' };
    if (/^h[1-6]$/.test(token.tag)) lowerHeading(token, text.topHeading);
    alignByClass(token);
    if (token.children === null) continue;
    if (token.level - 1 + depthOf(token.children) > maxDepth) return { tokens: [], fault: 'depth' };
    token.children = tameInline(token.children, links);
  }
  return { tokens, fault: undefined };
}

function lowerHeading(token: Token, topHeading: number): void {
  token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + topHeading - 1)}`;
}

/** The parser aligns cells by an inline style, which no page here may carry. */
function alignByClass(token: Token): void {
  const style = token.attrGet('style');
  if (style === null) return;
  const side = { center: 'center', right: 'end' }[String(style).slice('text-align:'.length)];
  token.attrs = side === undefined ? null : [['class', `text-${side}`]];
}

function depthOf(children: readonly Token[]): number {
  let [depth, deepest] = [0, 0];
  for (const { nesting } of children) {
    depth += nesting;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function tameInline(children: readonly Token[], links: { charactersLeft: number }): Token[] {
  const tamed: Token[] = [];
  const open: boolean[] = [];
  const mayLink = (address: string) => {
    links.charactersLeft -= address.length;
    return links.charactersLeft >= 0 && isAllowedLink(address);
  };
  for (const token of children) {
    if (token.type === 'link_open') {
      const address = String(token.attrGet('href'));
      open.push(mayLink(address));
      if (open.at(-1)) tamed.push(withAttributes(token, address));
    } else if (token.type === 'link_close') {
      if (open.pop()) tamed.push(token);
    } else if (token.type === 'image') {
      const address = String(token.attrGet('src'));
      tamed.push(...pictureAsLink(token, address, !open.includes(true) && mayLink(address)));
    } else tamed.push(token);
  }
  return tamed;
}

function withAttributes(link: Token, href: string): Token {
  link.attrs = [
    ['href', href],
    ['rel', linkRelation],
  ];
  return link;
}

/** The words that describe the picture, leading to it where they may. */
function pictureAsLink(image: Token, address: string, link: boolean): Token[] {
  const words = new MarkdownIt.Token('text', '', 0);
  words.content = textOf(image.children ?? []).trim() || address;
  if (!link) return [words];
  return [
    withAttributes(new MarkdownIt.Token('link_open', 'a', 1), address),
    words,
    new MarkdownIt.Token('link_close', 'a', -1),
  ];
}

/** Returns what these parts say, without their markup. */
export function textOf(children: readonly Token[]): string {
  return children
    .map(({ type, content, children: inner }) => {
      if (type === 'softbreak' || type === 'hardbreak') return ' ';
      return type === 'image' ? textOf(inner ?? []) : content;
    })
    .join('');
}
