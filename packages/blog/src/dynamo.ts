import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { type Part, partOf } from './part.ts';

export type Item = Readonly<Record<string, unknown>>;

/**
 * Opens DynamoDB with the region, endpoint and credentials that the SDK finds for itself. A call takes at most
 * about six seconds, two attempts of `requestTimeout` ms: who reads a blog would rather hear that it is down.
 */
export function openDynamo(config: DynamoDBClientConfig = {}, requestTimeout = 3000): DynamoDBDocumentClient {
  // Without the last one the SDK only warns that the time is over.
  const requestHandler = { connectionTimeout: 1000, requestTimeout, throwOnRequestTimeout: true };
  return DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler, maxAttempts: 2, ...config }));
}

/**
 * Returns a part of what a query finds. One more is asked for than is wanted, so that a last part says that it is
 * the last. A part is shorter where DynamoDB's limit of one megabyte a query ends it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
 */
export async function queryPart<Kept, Position>(
  client: DynamoDBDocumentClient,
  input: QueryCommandInput,
  limit: number,
  read: { item: (item: Item) => Kept; position: (item: Kept) => Position },
): Promise<Part<Kept, Position>> {
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({ ...input, Limit: limit + 1 }),
  );
  const found = Items.map(read.item);
  const last = found.at(-1);
  if (found.length > limit || LastEvaluatedKey === undefined || last === undefined) {
    return partOf(found, limit, read.position);
  }
  return { items: found, next: read.position(last) };
}

/** Whether a write was refused because what it names is not, or no longer, as it says. */
export function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
