import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryBlobStore } from './blob-store.ts';
import { MemoryRegistryStorage } from './server/memory-storage.ts';
import { createRegistry, type RegistryOptions } from './server/registry.ts';

export interface TestRegistry extends AsyncDisposable {
  readonly url: string;
  readonly storage: MemoryRegistryStorage;
  /** `METHOD path` of every request so far. */
  readonly requests: string[];
}

/** A registry on a free loopback port with its blobs in a temporary directory, for tests. */
export async function startTestRegistry(options: Partial<RegistryOptions> = {}): Promise<TestRegistry> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-registry-'));
  const storage = new MemoryRegistryStorage(
    new DirectoryBlobStore(join(directory, 'blobs'), { durable: false }),
  );
  const handler = createRegistry({ storage, uploadDirectory: join(directory, 'uploads'), ...options });
  const requests: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    requests.push(`${request.method} ${request.url}`);
    void handler(request, response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    storage,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}
