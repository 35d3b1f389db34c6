import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { type LocalDynamo, startLocalDynamo } from '@slipway/service-kit/testing';
import { openDynamo } from '../dynamo.ts';

/**
 * Runs the suite of a store twice: in memory, and on a DynamoDB with the tables of service.yaml. `open` returns the
 * store that is under test; all tests of one run share it.
 */
export function describeStore<Store>(
  noun: string,
  inMemory: () => Store,
  inDynamo: (client: DynamoDBDocumentClient) => Store,
  suite: (open: () => Store) => void,
): void {
  describe(`the memory store of ${noun}`, () => {
    const store = inMemory();
    suite(() => store);
  });

  describe(`the DynamoDB store of ${noun}`, () => {
    let dynamo: LocalDynamo;
    let client: DynamoDBDocumentClient;
    beforeAll(async () => {
      dynamo = await startLocalDynamo(`${import.meta.dirname}/../..`);
      client = openDynamo(dynamo.clientConfig);
    });
    afterAll(async () => {
      client.destroy();
      await dynamo[Symbol.asyncDispose]();
    });
    suite(() => inDynamo(client));
  });
}
