import { request } from 'node:http';
import { connect, type TcpNetConnectOpts } from 'node:net';
import { matchesCode } from './health.ts';
import type { HealthSettings } from './table.ts';

export type ProbeResult = { passed: true } | { passed: false; reason: string; description: string };

export interface ProbeTarget {
  address: string;
  port: number;
}

/** Checks a target once, on a connection of its own as ALB does. Never rejects; gives up when `signal` aborts. */
export async function probe(
  target: ProbeTarget,
  settings: HealthSettings,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(settings.timeoutMs))]);
  const at = { address: target.address, port: settings.port ?? target.port };
  try {
    if (settings.protocol === 'TCP') {
      await connectOnce(at, limit);
      return { passed: true };
    }
    const status = await askStatus(at, settings.path, limit);
    return matchesCode(settings.matcher, status) ? { passed: true } : mismatch(status);
  } catch {
    return limit.aborted ? TIMED_OUT : FAILED;
  }
}

const TIMED_OUT: ProbeResult = { passed: false, reason: 'Target.Timeout', description: 'Request timed out' };
const FAILED: ProbeResult = {
  passed: false,
  reason: 'Target.FailedHealthChecks',
  description: 'Health checks failed',
};

function mismatch(status: number): ProbeResult {
  return {
    passed: false,
    reason: 'Target.ResponseCodeMismatch',
    description: `Health checks failed with these codes: [${status}]`,
  };
}

function askStatus({ address, port }: ProbeTarget, path: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'user-agent': 'ELB-HealthChecker/2.0', connection: 'close' };
    request({ host: address, port, path, headers, agent: false, signal })
      .on('response', response => {
        response.on('error', () => {}).resume();
        resolve(response.statusCode ?? 0);
      })
      .on('error', reject)
      .end();
  });
}

function connectOnce({ address, port }: ProbeTarget, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, signal } as TcpNetConnectOpts);
    socket
      .on('connect', () => {
        socket.destroy();
        resolve();
      })
      .on('error', reject);
  });
}
