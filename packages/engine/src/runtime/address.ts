import { createServer } from 'node:net';
import type { Ids } from '../core/ids.ts';
import type { Placement } from './container.ts';

export interface PlacementRequest {
  /** Container ports that the task maps. */
  ports: number[];
  /** Addresses that other tasks have. */
  taken: Iterable<string>;
}

const ATTEMPTS = 50;

/**
 * Chooses a task's address: on Linux a loopback address of its own (127.0.0.0/8 without 127.0.0.x) with the container
 * ports on it; elsewhere, where only 127.0.0.1 can be bound, that one with free ports. A port that may not be bound
 * (below 1024 without the right to) becomes a free one, too.
 */
export async function choosePlacement(
  { ports, taken }: PlacementRequest,
  { ids, platform }: { ids: Ids; platform: NodeJS.Platform },
): Promise<Placement> {
  const used = new Set(taken);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const address = platform === 'linux' ? randomAddress(ids) : '127.0.0.1';
    if (address === undefined || (platform === 'linux' && used.has(address))) continue;
    const mapped: Record<string, number> = {};
    for (const port of ports) {
      const here = await bindable(address, platform === 'linux' ? port : 0);
      if (here !== undefined) mapped[port] = here;
    }
    if (Object.keys(mapped).length === new Set(ports).size) return { address, ports: mapped };
  }
  throw new Error(`no loopback address with the free ports ${ports.join(', ')} was found`);
}

/** 127.a.b.c with c of 1 to 254, outside 127.0.0.0/24; undefined when the digits gave no such address. */
function randomAddress(ids: Ids): string | undefined {
  const [a = 0, b = 0, c = 0] = Buffer.from(ids.hex(6), 'hex');
  if ((a === 0 && b === 0) || a === 255 || c === 0 || c === 255) return undefined;
  return `127.${a}.${b}.${c}`;
}

/** The port that could be bound: `port` itself, a free one when `port` is not permitted, undefined when it is in use. */
function bindable(address: string, port: number): Promise<number | undefined> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'EACCES' && port !== 0 ? bindable(address, 0) : undefined);
    });
    server.listen({ host: address, port, exclusive: true }, () => {
      const bound = server.address();
      server.close(() => resolve(bound !== null && typeof bound === 'object' ? bound.port : undefined));
    });
  });
}
