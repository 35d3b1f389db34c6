import { chmodSync, rmSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';

/**
 * Listens on a port of the loopback interface (0: any that is free) and resolves with it, or on a Unix socket that only
 * this user can use, in place of one that was left behind. Rejects when it is taken.
 */
export async function listenAt(server: Server, at: number | string): Promise<number> {
  if (typeof at === 'string') rmSync(at, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const listening = () => {
      server.off('error', reject);
      resolve();
    };
    if (typeof at === 'string') server.listen(at, listening);
    else server.listen(at, '127.0.0.1', listening);
  });
  if (typeof at === 'string') {
    chmodSync(at, 0o600);
    return 0;
  }
  return (server.address() as AddressInfo).port;
}
