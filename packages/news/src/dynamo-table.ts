import { ConditionalCheckFailedException, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The table of service.yaml, with what its items are stamped with. */
export type NewsTable = {
  readonly name: string;
  readonly client: DynamoDBDocumentClient;
  readonly now: () => Date;
  /** A new id that nothing else has. */
  readonly newId: () => string;
};

/** Gives up before the caller does: the balancer waits for 60 s. */
export const clientConfig: DynamoDBClientConfig = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2000, requestTimeout: 5000, throwOnRequestTimeout: true },
};

/** Whether the write was made; false where its condition did not hold. */
export async function holds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
