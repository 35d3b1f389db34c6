import {
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { type Item, queryPart } from '../dynamo.ts';
import type { Comment } from './comment.ts';
import type { CommentStore } from './comment-store.ts';

/** Keeps comments in a DynamoDB table of the shape that service.yaml declares: a post's comments lie together. */
export function createDynamoCommentStore(TableName: string, client: DynamoDBDocumentClient): CommentStore {
  return {
    add: async ({ author, ...comment }) => {
      const Item = { ...comment, authorId: author.id, authorName: author.name };
      await client.send(new PutCommand({ TableName, Item }));
    },
    get: async (postId, id) => {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: { postId, id }, ConsistentRead: true }),
      );
      return Item && toComment(Item);
    },
    list: (postId, order, { limit, after }) =>
      queryPart(
        client,
        {
          TableName,
          KeyConditionExpression: 'postId = :postId',
          ExpressionAttributeValues: { ':postId': postId },
          ScanIndexForward: order === 'oldest',
          ConsistentRead: true,
          ...(after !== undefined && { ExclusiveStartKey: { postId, id: after } }),
        },
        limit,
        { item: toComment, position: ({ id }) => id },
      ),
    remove: async (postId, id) => {
      await client.send(new DeleteCommand({ TableName, Key: { postId, id } }));
    },
    removeAll: async postId => {
      for (let keys = await listKeys(postId); keys.length > 0; keys = await listKeys(postId)) {
        const requests = keys.map(Key => ({ DeleteRequest: { Key } }));
        await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
      }
    },
  };

  /** What a batch leaves undone is simply found again. */
  async function listKeys(postId: string): Promise<Item[]> {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'postId = :postId',
        ExpressionAttributeValues: { ':postId': postId },
        ProjectionExpression: 'postId, id',
        ConsistentRead: true,
        Limit: batchSize,
      }),
    );
    return Items;
  }
}

/** As many as DynamoDB takes in one batch. */
const batchSize = 25;

function toComment(item: Item): Comment {
  const { id, postId, authorId, authorName, publishedAt, body } = item as StoredComment;
  return { id, postId, author: { id: authorId, name: authorName }, publishedAt, body };
}

type StoredComment = Omit<Comment, 'author'> & { readonly authorId: string; readonly authorName: string };
