import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Headline, headlineSchema } from './article.ts';
import { type Slice, sliceOf, type Wish } from './article-store.ts';
import { findMonths } from './dynamo-notes.ts';
import type { NewsTable } from './dynamo-table.ts';

/** How many months a slice is taken from at most. */
const mostMonths = 12;

/** Lists a category from its partition of the index. */
export async function listCategory(table: NewsTable, wish: Wish & { category: string }): Promise<Slice> {
  const partition = { index: 'byCategory', key: 'category', value: wish.category };
  return sliceOf(await queryHeadlines(table, partition, wish), wish.limit);
}

/**
 * Lists everything, which is spread over a partition for each month. Mostly one query is enough: that of the month in
 * which the slice begins. The note of months tells which further ones there are.
 */
export async function listAll(table: NewsTable, wish: Wish): Promise<Slice> {
  const found: Headline[] = [];
  const readMonth = async (month: string): Promise<void> => {
    const rest = { ...wish, limit: wish.limit - found.length };
    found.push(...(await queryHeadlines(table, { index: 'byMonth', key: 'month', value: month }, rest)));
  };

  const first = wish.below.slice(0, 7);
  if (first < wish.below) await readMonth(first);
  if (found.length > wish.limit) return sliceOf(found, wish.limit);

  const months = (await findMonths(table)).filter(
    month => month < first && month >= (wish.from ?? '').slice(0, 7),
  );
  for (const [index, month] of months.entries()) {
    if (found.length > wish.limit) break;
    // A month is the bound below which the months before it are.
    if (index === mostMonths) return { articles: found, next: months[index - 1]! };
    await readMonth(month);
  }
  return sliceOf(found, wish.limit);
}

/** Returns one headline more than are wanted, where there is one: the list goes on then. */
async function queryHeadlines(
  table: NewsTable,
  partition: Partition,
  wish: Pick<Wish, 'from' | 'below' | 'limit'>,
): Promise<Headline[]> {
  const found: Headline[] = [];
  for await (const items of queryIndex<Headline>(table, partition, wish, headlineAttributes)) {
    found.push(...items.map(({ position: _, ...headline }) => headline as unknown as Headline));
    if (found.length > wish.limit) break;
  }
  return found.slice(0, wish.limit + 1);
}

export type Partition = { readonly index: string; readonly key: string; readonly value: string };

/** Yields items of a partition, the highest position first, in lots of at most 100 and 1 MB. */
export async function* queryIndex<Item>(
  { client, name }: NewsTable,
  { index, key, value }: Partition,
  { from = lowest, below, limit }: Pick<Wish, 'from' | 'below' | 'limit'>,
  attributes: readonly string[],
): AsyncGenerator<(Item & { readonly position: string })[]> {
  if (from > below) return;
  const { ProjectionExpression, ExpressionAttributeNames } = project([...attributes, 'position']);
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: index,
        KeyConditionExpression: '#partition = :value AND #position BETWEEN :from AND :below',
        ExpressionAttributeNames: { ...ExpressionAttributeNames, '#partition': key },
        ExpressionAttributeValues: { ':value': value, ':from': from, ':below': below },
        ProjectionExpression,
        ScanIndexForward: false,
        // One to see that there are more, and one at the bound itself, which BETWEEN includes.
        Limit: Math.min(limit + 2, 100),
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield (Items as (Item & { position: string })[]).filter(({ position }) => position < below);
    start = LastEvaluatedKey;
  } while (start !== undefined);
}

export const headlineAttributes = Object.keys(headlineSchema.shape);

/** The parameters that ask for these attributes alone. Each gets another name, since any may be a reserved word. */
export function project(attributes: readonly string[]): {
  ProjectionExpression: string;
  ExpressionAttributeNames: Record<string, string>;
} {
  const names = Object.fromEntries(attributes.map(attribute => [`#${attribute}`, attribute]));
  return { ProjectionExpression: Object.keys(names).join(', '), ExpressionAttributeNames: names };
}

/** Below every position; a key may not be empty. */
const lowest = '0';
