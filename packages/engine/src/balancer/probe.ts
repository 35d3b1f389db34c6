import { type ClientRequest, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { matchesCode } from './health.ts';
import type { HealthSettings } from './table.ts';

export type ProbeResult = { passed: true } | { passed: false; reason: string; description: string };

export interface ProbeTarget {
  address: string;
  port: number;
}

/** Checks a target once, on a connection of its own as ALB does. Never rejects; gives up when `signal` aborts. */
export function probe(
  target: ProbeTarget,
  settings: HealthSettings,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const at = { address: target.address, port: settings.port ?? target.port };
  return new Promise(resolve => {
    const end = (result: ProbeResult): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      resolve(result);
      attempt.destroy();
    };
    const giveUp = (): void => end(TIMED_OUT);
    const timer = setTimeout(giveUp, settings.timeoutMs);
    signal.addEventListener('abort', giveUp);
    const attempt = settings.protocol === 'TCP' ? connectTo(at, end) : ask(at, settings, end);
    attempt.on('error', () => end(FAILED));
  });
}

const PASSED: ProbeResult = { passed: true };
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

function ask(
  { address, port }: ProbeTarget,
  { path, matcher }: HealthSettings,
  end: (result: ProbeResult) => void,
): ClientRequest {
  const headers = { 'user-agent': 'ELB-HealthChecker/2.0', connection: 'close' };
  const attempt = request({ host: address, port, path, headers, agent: false });
  attempt.on('response', response => {
    // The body is read to its end, so that the target does not see its answer break off.
    response
      .on('error', () => end(FAILED))
      .on('end', () => {
        const status = response.statusCode ?? 0;
        end(matchesCode(matcher, status) ? PASSED : mismatch(status));
      });
    response.resume();
  });
  attempt.end();
  return attempt;
}

function connectTo({ address, port }: ProbeTarget, end: (result: ProbeResult) => void): Socket {
  return connect({ host: address, port }, () => end(PASSED));
}
