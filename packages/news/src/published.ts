import { type ArticleStore, justAfter, type Slice, type Wish } from './article-store.ts';

/** Lists what readers may see at `at`, whatever a cursor or a span says. */
export async function listPublished(
  articles: ArticleStore,
  { to, below, ...wish }: Omit<Wish, 'below'> & { to?: string | undefined; below?: string | undefined },
  at: Date,
): Promise<Slice> {
  const bounds = [justAfter(at.toISOString()), to, below].filter(bound => bound !== undefined);
  return articles.list({ ...wish, below: bounds.sort()[0]! });
}
