import type { Article, Headline } from './article.ts';

/** Where articles are kept. */
export type ArticleStore = {
  readonly add: (article: Article) => Promise<WriteOutcome>;
  /** Returns the article whether it is published or not. */
  readonly find: (id: string) => Promise<Article | undefined>;
  /** Puts `article` in the place of the version before it. */
  readonly change: (article: Article) => Promise<WriteOutcome>;
  /** Takes the article away if it still has this version. */
  readonly withdraw: (article: Pick<Article, 'id' | 'version'>) => Promise<WriteOutcome>;
  /** Returns headlines, the newest first. */
  readonly list: (wish: Wish) => Promise<Slice>;
  /**
   * Returns the categories in which something was meant to be published until `at`, in the order of their code units.
   * One stays when its last article is withdrawn or moved.
   */
  readonly listCategories: (at: Date) => Promise<string[]>;
  /** Throws when articles cannot be read now. */
  readonly check: () => Promise<void>;
};

/** `outdated`: another change came first, or the article is gone. */
export type WriteOutcome = 'done' | 'outdated' | 'too-many-categories';

/** How many categories there may be: each is a link on the page. */
export const mostCategories = 50;

/** Which headlines are wanted. */
export type Wish = {
  readonly category?: string | undefined;
  readonly tag?: string | undefined;
  /** Not those that were published before this instant. */
  readonly from?: string | undefined;
  /** Only those whose position is lower: a position, or the beginning of one. */
  readonly below: string;
  readonly limit: number;
};

/** Some headlines and where the list goes on; without `next` it has ended. */
export type Slice = {
  readonly articles: Headline[];
  /** The `below` of the following slice, which may be there although this one has fewer than were wanted. */
  readonly next?: string;
};

/** Above every position. */
export const endOfTime = '9999';

/** The place of an article in every list: its time, and its id where two have the same. */
export function positionOf({ publishAt, id }: Pick<Article, 'publishAt' | 'id'>): string {
  return `${publishAt}#${id}`;
}

/** What `next` of a slice can be: a position, or a month. */
export const placePattern = /^\d{4}-\d{2}(?:-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z#[0-9a-f-]{36})?$/;

/** The bound below which everything is that was published at this instant or earlier. */
export function justAfter(instant: string): string {
  return `${instant}$`;
}

/** Takes the first `limit` of what was found and says where the list goes on if that was not all. */
export function sliceOf(found: readonly Headline[], limit: number): Slice {
  const articles = found.slice(0, limit);
  return found.length > limit ? { articles, next: positionOf(articles.at(-1)!) } : { articles };
}
