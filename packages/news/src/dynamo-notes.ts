import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Article } from './article.ts';
import { mostCategories } from './article-store.ts';
import { holds, type NewsTable } from './dynamo-table.ts';

/** Two items that say where to look: the months and the categories that articles are in. */
const months = { id: 'months' };
const categories = { id: 'categories' };

/**
 * Notes the month and the category of an article, unless this process has done so before (`noted`). Returns false
 * where there are too many categories.
 */
export async function noteArticle(
  table: NewsTable,
  { category, publishAt }: Article,
  noted: Map<string, string>,
): Promise<boolean> {
  const month = publishAt.slice(0, 7);
  if (!noted.has(month)) {
    await noteMonth(table, month);
    noted.set(month, publishAt);
  }
  const first = noted.get(`in ${category}`);
  if (first !== undefined && first <= publishAt) return true;
  if (!(await noteCategory(table, category, publishAt))) return false;
  noted.set(`in ${category}`, publishAt);
  return true;
}

/** Returns the months that have had articles, the latest first. */
export async function findMonths({ client, name }: NewsTable): Promise<string[]> {
  const { Item } = await client.send(new GetCommand({ TableName: name, Key: months }));
  return [...((Item?.names as Set<string> | undefined) ?? [])].sort().reverse();
}

/** Returns the categories in which something was published until `at`. */
export async function findCategories({ client, name }: NewsTable, at: Date): Promise<string[]> {
  const { Item } = await client.send(new GetCommand({ TableName: name, Key: categories }));
  const names = [...((Item?.names as Set<string> | undefined) ?? [])];
  return names.filter(category => (Item?.[firstIn(category)] as string) <= at.toISOString()).sort();
}

async function noteMonth({ client, name }: NewsTable, month: string): Promise<void> {
  await client.send(
    new UpdateCommand({
      TableName: name,
      Key: months,
      UpdateExpression: 'ADD #names :month',
      ExpressionAttributeNames: { '#names': 'names' },
      ExpressionAttributeValues: { ':month': new Set([month]) },
    }),
  );
}

/** One write adds the category and moves the time of its first article back, so that no two writers lose either. */
async function noteCategory({ client, name }: NewsTable, category: string, at: string): Promise<boolean> {
  const isNoted = await holds(
    client.send(
      new UpdateCommand({
        TableName: name,
        Key: categories,
        UpdateExpression: 'ADD #names :category SET #first = :at',
        ConditionExpression:
          '#first > :at OR (attribute_not_exists(#first) AND (attribute_not_exists(#names) OR size(#names) < :most))',
        ExpressionAttributeNames: { '#names': 'names', '#first': firstIn(category) },
        ExpressionAttributeValues: {
          ':category': new Set([category]),
          ':at': at,
          ':most': mostCategories,
        },
      }),
    ),
  );
  if (isNoted) return true;
  const { Item } = await client.send(
    new GetCommand({ TableName: name, Key: categories, ConsistentRead: true }),
  );
  return Item?.[firstIn(category)] !== undefined;
}

/** The attribute that tells when the first article of a category is published. */
function firstIn(category: string): string {
  return `first in ${category}`;
}
