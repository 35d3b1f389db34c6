import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  DynamoDBServiceException,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Problem } from '@slipway/service-kit';

/**
 * Opens DynamoDB with the region, endpoint and credentials that the SDK finds for itself. One call takes at most
 * a second each time it is tried, so that who waits is told soon that the store does not answer.
 */
export function openDynamo(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  const requestHandler = { connectionTimeout: 500, requestTimeout: 1000, throwOnRequestTimeout: true };
  return DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler, maxAttempts: 3, ...config }), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

/**
 * Returns what a call of DynamoDB returns, or nothing where its condition does not hold. Throws Problem 503
 * where DynamoDB did not answer, refused for now, or is not ours to ask; a call that is wrong stays what it is.
 */
export async function ask<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    if (error instanceof DynamoDBServiceException && error.name === 'ValidationException') throw error;
    throw new Problem(503, 'The store of the users does not answer: try again in a few seconds.', {
      headers: { 'Retry-After': '3' },
      cause: error,
    });
  }
}
