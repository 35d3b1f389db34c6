import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createS3 } from './aws/s3/index.ts';
import type { Context } from './core/context.ts';
import { randomIds } from './core/ids.ts';
import { openTestContext } from './core/test-context.ts';
import { createRoleSessions } from './role-sessions.ts';
import { openTestWire, type TestWire } from './wire/test-wire.ts';

/** A real process on a busy machine. */
jest.setTimeout(30_000);

let state: string;
let context: Context;
let wire: TestWire;

beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), 'slipway-s3-of-tasks-'));
  context = openTestContext({ state, ids: randomIds, endpoint: () => wire.endpoint });
  const s3 = createS3(context);
  wire = await openTestWire({ faces: [s3.face] });
  await s3.resources['AWS::S3::Bucket']!.create({
    stack: { name: 'market', id: 'arn:stack', region: 'ap-northeast-1', account: '123456789012', tags: {} },
    logicalId: 'Snapshots',
    type: 'AWS::S3::Bucket',
    properties: { BucketName: 'slipway-market-snapshots' },
    token: 'bucket',
  });
});
afterEach(async () => {
  await wire.close();
  context.store.close();
  rmSync(state, { recursive: true, force: true });
});

test("a task reaches its bucket by the SDK's standard variables alone", async () => {
  const sessions = createRoleSessions(context, { dynamodb: () => undefined });
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, 'aws/s3/fixtures/task.mjs')],
    {
      env: {
        ...sessions.environment('arn:aws:iam::123456789012:role/slipway-market-task', 'task'),
        BUCKET_SNAPSHOTS: 'slipway-market-snapshots',
      },
      timeout: 20_000,
    },
  );
  expect(JSON.parse(stdout)).toEqual({
    ...{
      streamed: true,
      checksum: true,
      first: ['PreconditionFailed', 412],
      unchanged: 304,
      range: 'tick\n',
    },
    read: ['{"price":1}', 'application/json', 'SLP'],
    pages: [
      ['day/1.json', 'day/2.json'],
      ['day/3.json', 'day/4.json'],
      ['day/5.json', 'day/ticks'],
    ],
    after: ['day/5.json', 'day/ticks'],
    missing: 'NotFound',
  });
});
