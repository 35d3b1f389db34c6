import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createS3SnapshotStore } from './s3-snapshot-store.ts';
import { createMemorySnapshotStore, rememberFinishedDays } from './snapshot-store.ts';
import { describeSnapshotStore } from './testing/snapshot-store-suite.ts';
import { startTinyS3, type TinyS3 } from './testing/tiny-s3.ts';

const clientTo = (endpoint: string) =>
  new S3Client({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });

describe('the memory store', () => describeSnapshotStore(createMemorySnapshotStore));

describe('the memory store behind a memory of finished days', () =>
  describeSnapshotStore(() => rememberFinishedDays(createMemorySnapshotStore(), 2)));

describe('the S3 store', () => {
  let s3: TinyS3;
  let client: S3Client;
  let buckets = 0;
  beforeAll(async () => {
    s3 = await startTinyS3();
    client = clientTo(s3.endpoint);
  });
  afterAll(async () => {
    client.destroy();
    await s3[Symbol.asyncDispose]();
  });
  const open = () =>
    createS3SnapshotStore({ bucket: `snapshots-${buckets++}`, limitMs: 5000, createClient: () => client });

  describeSnapshotStore(open);

  test('keeps one object for each instrument and day', async () => {
    const bucket = `snapshots-${buckets}`;
    const source = { name: 'seeded price generator', real: false };
    await open().write({
      source,
      symbol: 'KEEL',
      day: '2030-01-01',
      until: Date.UTC(2030, 0, 1),
      candles: [],
    });
    expect(s3.keys().filter(key => key.startsWith(`${bucket}/`))).toEqual([
      `${bucket}/candles/KEEL/2030-01-01.json`,
    ]);
  });
});

test('an S3 that takes a call and never answers is away after the time limit', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => silent.once('listening', resolve));
  const client = clientTo(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  const store = createS3SnapshotStore({ bucket: 'snapshots', limitMs: 100, createClient: () => client });
  await expect(store.read('KEEL', '2030-01-01')).rejects.toMatchObject({ code: 'SNAPSHOTS_AWAY' });
  await expect(store.days('KEEL', { limit: 1 })).rejects.toMatchObject({ code: 'SNAPSHOTS_AWAY' });
  await expect(store.check()).rejects.toMatchObject({ code: 'SNAPSHOTS_AWAY' });
  client.destroy();
  silent.close();
});
