import { BatchGetCommand, DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Article, Headline } from './article.ts';
import { positionOf, type Slice, sliceOf, type Wish } from './article-store.ts';
import { headlineAttributes, project, queryIndex } from './dynamo-headlines.ts';
import { holds, type NewsTable } from './dynamo-table.ts';

/** Points from a tag to an article that may have it. */
type Entry = {
  readonly id: string;
  readonly tag: string;
  readonly position: string;
  readonly article: string;
  /** The write that put it last, and when: only that write, or time, takes it away. */
  readonly revision: string;
  readonly putAt: string;
};
const entryAttributes = ['id', 'tag', 'article', 'revision', 'putAt'];

/** How often one slice asks for further entries when many of them point to nothing that is wanted. */
const mostRounds = 5;
/** The age at which no write can still be about to make the article that an entry points to. */
const deadAfterMs = 60 * 60 * 1000;
/** How many dead entries the reader of a list takes away. */
const mostSwept = 10;

/** Puts an entry for each tag of the article. They count when the article is there. */
export async function putEntries(
  { client, name, now }: NewsTable,
  article: Article,
  revision: string,
): Promise<void> {
  const putAt = now().toISOString();
  const put = (tag: string) =>
    client.send(
      new PutCommand({
        TableName: name,
        Item: {
          id: entryIdOf(article, tag),
          tag,
          position: positionOf(article),
          article: article.id,
          revision,
          putAt,
        } satisfies Entry,
      }),
    );
  await Promise.all(article.tags.map(put));
}

/** Takes away the entries of an article that has gone, or those that its new version does not need any more. */
export async function dropEntries(
  table: NewsTable,
  before: Article & { readonly revision: string },
  after?: Article,
): Promise<void> {
  const needed = new Set(after?.tags.map(tag => entryIdOf(after, tag)));
  const dropped = before.tags.map(tag => entryIdOf(before, tag)).filter(id => !needed.has(id));
  // The write is done already; what stays is swept.
  await Promise.allSettled(dropped.map(id => dropEntry(table, { id, revision: before.revision })));
}

/** Lists the articles of a tag: entries say where to look, the articles themselves what is so. */
export async function listTag(table: NewsTable, wish: Wish & { tag: string }): Promise<Slice> {
  const partition = { index: 'byTag', key: 'tag', value: wish.tag };
  const found: Headline[] = [];
  const dead: Entry[] = [];
  let rounds = 0;
  let next = wish.below;
  for await (const entries of queryIndex<Entry>(table, partition, wish, entryAttributes)) {
    if (rounds === mostRounds) {
      await sweep(table, dead);
      return { articles: found, next };
    }
    rounds += 1;
    const headlines = await findHeadlines(table, entries);
    for (const entry of entries) {
      const headline = headlines.get(entry.article);
      if (headline === undefined || !isMeant(entry, headline)) dead.push(entry);
      else if (wish.category === undefined || headline.category === wish.category) found.push(headline);
    }
    next = entries.at(-1)?.position ?? next;
    if (found.length > wish.limit) break;
  }
  await sweep(table, dead);
  return sliceOf(found, wish.limit);
}

function isMeant(entry: Entry, headline: Headline): boolean {
  return headline.tags.includes(entry.tag) && entryIdOf(headline, entry.tag) === entry.id;
}

async function findHeadlines(
  { client, name }: NewsTable,
  entries: readonly Entry[],
): Promise<Map<string, Headline>> {
  const found = new Map<string, Headline>();
  const ids = new Set(entries.map(({ article }) => article));
  let wanted: Record<string, unknown>[] = [...ids].map(id => ({ id }));
  for (let attempt = 1; wanted.length > 0; attempt++) {
    if (attempt > mostAttempts) throw new Error('The table hands out too little at a time.');
    const request = { Keys: wanted, ConsistentRead: true, ...project(headlineAttributes) };
    const answer = await client.send(new BatchGetCommand({ RequestItems: { [name]: request } }));
    for (const item of answer.Responses?.[name] ?? []) found.set(item.id, item as Headline);
    wanted = answer.UnprocessedKeys?.[name]?.Keys ?? [];
  }
  return found;
}

/** How often the rest of a batch is asked for, of which AWS hands out what it can. */
const mostAttempts = 5;

/** One article has one entry for each tag and place, whoever writes it. */
function entryIdOf({ id, publishAt }: Pick<Article, 'id' | 'publishAt'>, tag: string): string {
  return `${id} ${publishAt} ${tag}`;
}

/** What a write that was cut short has left is taken away by whoever meets it, if it is old enough. */
async function sweep(table: NewsTable, dead: readonly Entry[]): Promise<void> {
  const since = new Date(table.now().getTime() - deadAfterMs).toISOString();
  const old = dead.filter(({ putAt }) => putAt < since).slice(0, mostSwept);
  // Reading goes on without it: the next reader tries again.
  await Promise.allSettled(old.map(entry => dropEntry(table, entry)));
}

/** Only as the write of this revision put it: another may have put it again meanwhile. */
async function dropEntry(
  { client, name }: NewsTable,
  { id, revision }: Pick<Entry, 'id' | 'revision'>,
): Promise<void> {
  await holds(
    client.send(
      new DeleteCommand({
        TableName: name,
        Key: { id },
        ConditionExpression: '#revision = :seen',
        ExpressionAttributeNames: { '#revision': 'revision' },
        ExpressionAttributeValues: { ':seen': revision },
      }),
    ),
  );
}
