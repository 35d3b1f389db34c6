import type { Article } from './article.ts';

/** Where articles are kept. */
export type ArticleStore = {
  readonly add: (article: Article) => Promise<void>;
  /** Returns at most `limit` articles, the newest first. */
  readonly listNewest: (limit: number) => Promise<Article[]>;
};

/** Keeps articles for the life of the process, for development and tests. */
export function createMemoryArticleStore(): ArticleStore {
  const articles: Article[] = [];
  return {
    add: async article => {
      articles.push(article);
    },
    listNewest: async limit =>
      articles.toSorted((a, b) => (a.publishedAt < b.publishedAt ? 1 : -1)).slice(0, limit),
  };
}
