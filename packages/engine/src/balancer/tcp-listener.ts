import { connect, createServer, type Server, type Socket } from 'node:net';
import { bind, type Listener } from './listener.ts';
import { chooseGroup } from './rules.ts';
import type { Services } from './services.ts';
import type { ListenerEntry } from './table.ts';
import { joinSockets } from './upgrade.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** Passes connections through to the targets of the default rule, as NLB does. Rejects when the port cannot be had. */
export async function openTcpListener(
  entry: ListenerEntry,
  services: Services,
  preferredPort?: number,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  let current = entry;
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    passThrough(socket, current, services);
  });
  const port = await bind(server, entry, preferredPort);
  server.on('error', error => services.log(`listener ${current.name}: ${error.message}`));
  return {
    port,
    update: next => {
      current = next;
    },
    close: () => new Promise(resolve => server.close(() => resolve())),
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function passThrough(socket: Socket, entry: ListenerEntry, services: Services): void {
  const action = entry.rules.at(-1)?.action;
  const choice = action?.type === 'forward' ? chooseGroup(action.groups, services.random) : undefined;
  const target = choice && services.group(choice.key)?.pick();
  if (!target) return void socket.resetAndDestroy();
  const { address, port } = target.entry;
  const upstream = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
  target.addTunnel(upstream);
  upstream.setTimeout(CONNECT_TIMEOUT_MS, () => upstream.destroy());
  upstream.on('error', () => socket.resetAndDestroy());
  upstream.once('connect', () => {
    upstream.setTimeout(0).removeAllListeners('timeout');
    joinSockets(socket, upstream, entry.idleTimeoutMs);
  });
}
