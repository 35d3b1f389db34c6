import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { type Item, isConditionFailure, queryPart } from '../dynamo.ts';
import type { Range } from '../part.ts';
import type { Post, Summary } from './post.ts';
import { type PostPosition, type PostStore, positionOf } from './post-store.ts';

/**
 * Posts share one key of the index that orders them by time, marks of deleted posts another; whatever else the
 * table has is neither. One key takes a thousand writes a second.
 */
const kinds = { post: 'markdown', buried: 'buried' } as const;

/** Keeps posts in a DynamoDB table of the shape that service.yaml declares. */
export function createDynamoPostStore(TableName: string, client: DynamoDBDocumentClient): PostStore {
  const list = async (range: Range<PostPosition>, index: ListedIndex) =>
    queryPart(client, listInput(TableName, range, index), range.limit, {
      item: toSummary,
      position: positionOf,
    });

  /** Writes in the place of one version of a post; false if that version is no longer there. */
  const putOver = async (version: number, written: Item): Promise<boolean> => {
    try {
      await client.send(
        new PutCommand({
          TableName,
          Item: written,
          ConditionExpression: 'kind = :kind AND version = :version',
          ExpressionAttributeValues: { ':kind': kinds.post, ':version': version },
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailure(error)) return false;
      throw error;
    }
  };

  return {
    add: async post => {
      const ConditionExpression = 'attribute_not_exists(id)';
      await client.send(new PutCommand({ TableName, Item: toItem(post), ConditionExpression }));
    },
    get: async id => {
      const { Item } = await client.send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true }));
      return Item?.kind === kinds.post ? toPost(Item) : undefined;
    },
    listNewest: range => list(range, { IndexName: 'newestFirst', key: 'kind', value: kinds.post }),
    listByAuthor: (authorId, range) =>
      list(range, { IndexName: 'byAuthor', key: 'authorId', value: authorId }),
    replace: post => putOver(post.version - 1, toItem(post)),
    bury: ({ id, version }, at) =>
      putOver(version, { id, kind: kinds.buried, publishedAt: at.toISOString() }),
    listBuried: async before => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: 'newestFirst',
          KeyConditionExpression: 'kind = :kind AND publishedAt < :before',
          ExpressionAttributeValues: { ':kind': kinds.buried, ':before': before.toISOString() },
          Limit: 100,
        }),
      );
      return Items.map(({ id }) => String(id));
    },
    forget: async id => {
      await client.send(new DeleteCommand({ TableName, Key: { id } }));
    },
  };
}

type ListedIndex = { IndexName: string; key: 'kind' | 'authorId'; value: string };

function listInput(
  TableName: string,
  { after }: Range<PostPosition>,
  { IndexName, key, value }: ListedIndex,
): QueryCommandInput {
  return {
    TableName,
    IndexName,
    KeyConditionExpression: '#key = :value',
    ExpressionAttributeNames: { '#key': key, '#version': 'version' },
    ExpressionAttributeValues: { ':value': value },
    ProjectionExpression: 'id, title, excerpt, authorId, authorName, publishedAt, updatedAt, #version',
    ScanIndexForward: false,
    // The list's own key is never the caller's to say: a cursor cannot lead into another list.
    ...(after && { ExclusiveStartKey: { id: after.id, publishedAt: after.publishedAt, [key]: value } }),
  };
}

function toItem({ author, ...post }: Post): Item {
  return { ...post, kind: kinds.post, authorId: author.id, authorName: author.name };
}

function toSummary(item: Item): Summary {
  const { id, title, excerpt, authorId, authorName, publishedAt, updatedAt, version } = item as StoredPost;
  return { id, title, excerpt, author: { id: authorId, name: authorName }, publishedAt, updatedAt, version };
}

function toPost(item: Item): Post {
  return { ...toSummary(item), body: (item as StoredPost).body };
}

type StoredPost = Omit<Post, 'author'> & { readonly authorId: string; readonly authorName: string };
