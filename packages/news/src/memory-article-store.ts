import type { Article, Headline } from './article.ts';
import { type ArticleStore, mostCategories, positionOf, sliceOf } from './article-store.ts';

/** Keeps articles for the life of the process, for development and tests. */
export function createMemoryArticleStore(): ArticleStore {
  const articles = new Map<string, Article>();
  /** When the first article of each category is published. */
  const categories = new Map<string, string>();

  const noteCategory = ({ category, publishAt }: Article): boolean => {
    const first = categories.get(category);
    if (first === undefined && categories.size >= mostCategories) return false;
    if (first === undefined || publishAt < first) categories.set(category, publishAt);
    return true;
  };

  return {
    add: async article => {
      if (articles.has(article.id)) return 'outdated';
      if (!noteCategory(article)) return 'too-many-categories';
      articles.set(article.id, article);
      return 'done';
    },
    find: async id => articles.get(id),
    change: async article => {
      if (articles.get(article.id)?.version !== article.version - 1) return 'outdated';
      if (!noteCategory(article)) return 'too-many-categories';
      articles.set(article.id, article);
      return 'done';
    },
    withdraw: async ({ id, version }) => {
      if (articles.get(id)?.version !== version) return 'outdated';
      articles.delete(id);
      return 'done';
    },
    list: async ({ category, tag, from = '', below, limit }) => {
      const found = [...articles.values()]
        .filter(article => category === undefined || article.category === category)
        .filter(article => tag === undefined || article.tags.includes(tag))
        .filter(article => from <= article.publishAt && positionOf(article) < below)
        .sort((a, b) => (positionOf(a) < positionOf(b) ? 1 : -1));
      return sliceOf(found.map(headlineOf), limit);
    },
    listCategories: async at =>
      [...categories].flatMap(([name, first]) => (first <= at.toISOString() ? [name] : [])).sort(),
    check: async () => {},
  };
}

function headlineOf({ body: _, ...headline }: Article): Headline {
  return headline;
}
