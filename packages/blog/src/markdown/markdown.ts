import { type Render, rememberRendered } from './cache.ts';
import type { Fault } from './parser.ts';

/** What the service does with Markdown. */
export type Markdown = {
  readonly render: Render;
  /** Returns why this text could not be rendered, if it could not. */
  readonly findFault: (source: string) => Fault | undefined;
  /** Returns the first words of a text without markup. */
  readonly excerptOf: (source: string, length: number) => string;
};
export type LoadMarkdown = () => Promise<Markdown>;

/** How much of what was rendered is remembered, in characters: some megabytes of a task's 512. */
const rememberedCharacters = 2_000_000;

/** Returns what loads the parser and the sanitizer once, when they are first needed: a start need not wait for them. */
export function createMarkdown(): LoadMarkdown {
  let loading: Promise<Markdown> | undefined;
  const load = async () => {
    const { excerptOf, findFault, renderMarkdown } = await import('./render.ts');
    return { excerptOf, findFault, render: rememberRendered(renderMarkdown, rememberedCharacters) };
  };
  return () => {
    loading ??= load();
    return loading;
  };
}
