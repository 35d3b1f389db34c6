import { createRequire } from 'node:module';
import type { Pool as UndiciPool } from 'undici';

/**
 * undici's Pool alone: loading all of undici (fetch, WebSocket, mocks) would double the time that the balancer needs
 * to serve again after it was killed.
 */
const Pool = createRequire(import.meta.url)('undici/lib/dispatcher/pool.js') as typeof UndiciPool;

/** ALB: 10 s to connect, and response headers of 32 KB; idle connections live shorter than the services keep them. */
const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 60_000;
const MAX_ANSWER_HEAD_BYTES = 32 * 1024;

/** Connections to one target, as many as there are requests at a time. */
export function openPool(address: string, port: number): UndiciPool {
  const host = address.includes(':') ? `[${address}]` : address;
  return new Pool(`http://${host}:${port}`, {
    allowH2: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_ANSWER_HEAD_BYTES,
  });
}
