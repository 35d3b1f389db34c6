import { connect, createServer, type Socket } from 'node:net';
import { listenAt } from '../core/listen.ts';
import type { Balancer } from './balancer.ts';
import type { Memory } from './memory.ts';
import { type Report, type Request, readMessages, sendMessage } from './messages.ts';
import { parseTable, type RoutingTable } from './table.ts';

export interface ControlOptions {
  balancer: Balancer;
  memory: Memory;
  path: string;
  log(line: string): void;
}

export interface Control {
  close(): void;
}

/**
 * The engine's side door: a Unix socket on which tables arrive and on which health, drained targets and listeners are
 * told. Rejects when another balancer already serves the same directory.
 */
export async function openControl({ balancer, memory, path, log }: ControlOptions): Promise<Control> {
  if (await answers(path)) throw new Error(`another balancer serves ${path}`);
  const engines = new Set<Socket>();
  const tell = (report: Report): void => {
    for (const engine of engines) sendMessage(engine, report);
  };
  balancer.events = {
    onHealth: targets => {
      memory.keep('health', balancer.knownHealth());
      tell({ type: 'health', full: false, targets });
    },
    onDrained: targets => tell({ type: 'drained', targets }),
    onListeners: listeners => {
      const ports = listeners.filter(state => state.listening).map(({ key, port }) => [key, port]);
      memory.keep('ports', Object.fromEntries(ports));
      tell({ type: 'listeners', listeners });
    },
  };
  const server = createServer(engine => {
    engines.add(engine);
    engine.on('error', () => {}).once('close', () => engines.delete(engine));
    readMessages<Request>(engine, request => {
      void answer(engine, request, balancer, memory).catch(error => log(`answering: ${String(error)}`));
    });
    greet(engine, balancer);
  });
  await listenAt(server, path);
  return {
    close: () => {
      server.close();
      for (const engine of engines) engine.destroy();
    },
  };
}

function greet(engine: Socket, balancer: Balancer): void {
  sendMessage(engine, { type: 'hello', number: balancer.number, pid: process.pid });
  sendMessage(engine, { type: 'listeners', listeners: balancer.listeners() });
  sendMessage(engine, { type: 'health', full: true, targets: balancer.health() });
  sendMessage(engine, { type: 'drained', targets: balancer.drained() });
}

async function answer(engine: Socket, request: Request, balancer: Balancer, memory: Memory): Promise<void> {
  switch (request.type) {
    case 'table':
      return putInForce(engine, request.table, balancer, memory);
    case 'metrics':
      return sendMessage(engine, { type: 'metrics', id: request.id, groups: balancer.metrics() });
    case 'requests':
      return sendMessage(engine, { type: 'requests', id: request.id, requests: balancer.accessLog.recent() });
  }
}

async function putInForce(
  engine: Socket,
  value: RoutingTable,
  balancer: Balancer,
  memory: Memory,
): Promise<void> {
  let table: RoutingTable;
  try {
    table = parseTable(value);
  } catch (error) {
    return sendMessage(engine, { type: 'ack', number: Number(value?.number), rejected: String(error) });
  }
  if (table.number >= balancer.number) memory.keep('table', table);
  await balancer.apply(table);
  sendMessage(engine, { type: 'ack', number: table.number });
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
