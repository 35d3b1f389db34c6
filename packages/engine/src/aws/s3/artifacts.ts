import { createReadStream } from 'node:fs';
import type { Body } from './body.ts';
import type { Objects } from './objects.ts';
import type { ObjectHeaders } from './tables.ts';

/** Objects for the engine's own services, without a detour through HTTP. */
export interface ArtifactStore {
  /** Stores the content of a file (a path) or bytes. Rejects with AwsError NoSuchBucket. */
  putObject(bucket: string, key: string, body: string | Uint8Array): Promise<void>;
  /** The path of a file with the object's content, to be read and not changed. Rejects with NoSuchBucket, NoSuchKey. */
  getObject(bucket: string, key: string): Promise<string>;
}

const headers: ObjectHeaders = { contentType: 'application/octet-stream', standard: {}, metadata: {} };

export function artifactStore(objects: Objects): ArtifactStore {
  return {
    async putObject(bucket, key, body) {
      const content = typeof body === 'string' ? readFile(body) : once(body);
      const upload: Body = { content, expected: () => ({}) };
      await objects.put({ bucket, key, headers }, upload);
    },
    async getObject(bucket, key) {
      return objects.path(objects.get(bucket, key));
    },
  };
}

async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { highWaterMark: 256 * 1024 });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
