import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Article } from './article.ts';
import { type ArticleStore, positionOf, type WriteOutcome } from './article-store.ts';
import { dropEntries, listTag, putEntries } from './dynamo-entries.ts';
import { listAll, listCategory } from './dynamo-headlines.ts';
import { findCategories, findMonths, noteArticle } from './dynamo-notes.ts';
import { clientConfig, holds, type NewsTable } from './dynamo-table.ts';

/** An article with what its indexes need, and the id of the write that made it so. */
type ArticleItem = Article & { readonly month: string; readonly position: string; readonly revision: string };

/**
 * Keeps articles in a DynamoDB table of the shape that service.yaml declares. An article is one item, so that it is
 * there as a whole or not at all. What points to it, entries by tag and notes of months and categories, is written
 * before it and taken away after it, and whoever follows a pointer believes the article: a write that was cut short
 * leaves pointers to nothing, never an article that is missing in a list.
 */
export function createDynamoArticleStore(table: NewsTable): ArticleStore {
  const { client, name: TableName } = table;
  const noted = new Map<string, string>();

  const read = async (id: string): Promise<ArticleItem | undefined> => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true }));
    return Item as ArticleItem | undefined;
  };

  /** Puts the article in the place of the version before it, if that is the one that is there. */
  const put = async (article: Article): Promise<WriteOutcome> => {
    const revision = table.newId();
    if (!(await noteArticle(table, article, noted))) return 'too-many-categories';
    await putEntries(table, article, revision);
    const isPut = await holds(
      client.send(
        new PutCommand({
          TableName,
          Item: {
            ...article,
            month: article.publishAt.slice(0, 7),
            position: positionOf(article),
            revision,
          } satisfies ArticleItem,
          ...(article.version === 1
            ? { ConditionExpression: 'attribute_not_exists(id)' }
            : {
                ConditionExpression: '#version = :before',
                ExpressionAttributeNames: { '#version': 'version' },
                ExpressionAttributeValues: { ':before': article.version - 1 },
              }),
        }),
      ),
    );
    // The answer to a first attempt may have been lost, and the SDK tried again.
    if (isPut || (await read(article.id))?.revision === revision) return 'done';
    return 'outdated';
  };

  return {
    add: put,
    find: async id => {
      const item = await read(id);
      return item && articleOf(item);
    },
    change: async article => {
      const before = await read(article.id);
      if (before?.version !== article.version - 1) return 'outdated';
      const outcome = await put(article);
      if (outcome === 'done') await dropEntries(table, before, article);
      return outcome;
    },
    withdraw: async ({ id, version }) => {
      const before = await read(id);
      if (before?.version !== version) return 'outdated';
      const isGone = await holds(
        client.send(
          new DeleteCommand({
            TableName,
            Key: { id },
            ConditionExpression: '#revision = :seen',
            ExpressionAttributeNames: { '#revision': 'revision' },
            ExpressionAttributeValues: { ':seen': before.revision },
          }),
        ),
      );
      if (!isGone && (await read(id)) !== undefined) return 'outdated';
      await dropEntries(table, before);
      return 'done';
    },
    list: wish => {
      if (wish.tag !== undefined) return listTag(table, { ...wish, tag: wish.tag });
      if (wish.category !== undefined) return listCategory(table, { ...wish, category: wish.category });
      return listAll(table, wish);
    },
    listCategories: at => findCategories(table, at),
    check: async () => {
      await findMonths(table);
    },
  };
}

/** Opens the store with the region, endpoint and credentials that the SDK finds for itself. */
export function openDynamoArticleStore(table: Omit<NewsTable, 'client'>): ArticleStore {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig));
  return createDynamoArticleStore({ ...table, client });
}

function articleOf({ month: _, position: __, revision: ___, ...article }: ArticleItem): Article {
  return article;
}
