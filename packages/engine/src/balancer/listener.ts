import type { AddressInfo, Server } from 'node:net';
import type { ListenerState } from './messages.ts';
import type { ListenerEntry } from './table.ts';

/** A port that is listened on. */
export interface Listener {
  /** Takes over rules and timeouts of a newer table; requests under way are not touched. */
  update(entry: ListenerEntry): void;
  /** The port in use. */
  readonly port: number;
  /** Takes no new connections and resolves when the last request has been answered. */
  close(): Promise<void>;
  /** Ends every connection at once. */
  cut(): void;
}

/** Binds the listener's own port, or any when it is taken and the entry allows that. Rejects with the socket's error. */
export async function bind(server: Server, entry: ListenerEntry, preferred?: number): Promise<number> {
  try {
    return await bindOnce(server, entry.address, preferred ?? entry.port);
  } catch (error) {
    if (!entry.flexible) throw error;
    return bindOnce(server, entry.address, 0);
  }
}

function bindOnce(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      server.off('listening', onListening);
      reject(error);
    };
    const onListening = (): void => {
      server.off('error', onError);
      resolve((server.address() as AddressInfo).port);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen({ host, port, exclusive: true });
  });
}

export function listening(entry: ListenerEntry, port: number): ListenerState {
  return { key: entry.key, name: entry.name, address: entry.address, port, listening: true };
}

/** What to tell when a listener cannot listen: which one, which port, and why. */
export function notListening(entry: ListenerEntry, error: NodeJS.ErrnoException): ListenerState {
  const code = error.code ?? 'UNKNOWN';
  const why = code === 'EADDRINUSE' ? 'the port is in use by another program' : error.message;
  return {
    key: entry.key,
    name: entry.name,
    address: entry.address,
    port: entry.port,
    listening: false,
    code,
    message: `${code}: listener ${entry.name} cannot listen on ${entry.address}:${entry.port}, ${why}`,
  };
}
