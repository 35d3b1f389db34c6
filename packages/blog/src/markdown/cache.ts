import type { Rendered } from './render.ts';

export type Render = (source: string, topHeading: number) => Rendered;

/**
 * Remembers what was rendered last, up to so many characters of text and HTML together. A text is its own key, so
 * there is nothing to invalidate when a post changes.
 */
export function rememberRendered(render: Render, maxCharacters: number): Render {
  const remembered = new Map<string, Rendered>();
  let characters = 0;
  const weigh = (key: string, { html }: Rendered) => key.length + html.length;
  const forget = (key: string, rendered: Rendered) => {
    remembered.delete(key);
    characters -= weigh(key, rendered);
  };
  return (source, topHeading) => {
    const key = `${topHeading}${source}`;
    const known = remembered.get(key);
    const rendered = known ?? render(source, topHeading);
    if (known !== undefined) forget(key, known);
    remembered.set(key, rendered);
    characters += weigh(key, rendered);
    for (const [oldest, least] of remembered) {
      if (characters <= maxCharacters) break;
      forget(oldest, least);
    }
    return rendered;
  };
}
