import { expect, test } from '@jest/globals';
import { HEALTH } from './fixtures/world.ts';
import { type Health, INITIAL, intervalMs, matchesCode, nextHealth } from './health.ts';
import type { ProbeResult } from './probe.ts';

const PASS: ProbeResult = { passed: true };
const FAIL: ProbeResult = { passed: false, reason: 'Target.Timeout', description: 'Request timed out' };
const SETTINGS = { ...HEALTH, healthyThreshold: 3, unhealthyThreshold: 2 };

function after(...results: ProbeResult[]): Health {
  return results.reduce((health, result) => nextHealth(health, result, SETTINGS), INITIAL);
}

test('a registered target is healthy after one check that passes', () => {
  expect(after(PASS)).toMatchObject({ state: 'healthy' });
  expect(after(FAIL, PASS)).toMatchObject({ state: 'healthy' });
});

test('a target is unhealthy after as many failures in a row as the threshold says', () => {
  expect(after(FAIL)).toMatchObject({ state: 'initial' });
  expect(after(FAIL, FAIL)).toMatchObject({ state: 'unhealthy', reason: 'Target.Timeout' });
  expect(after(PASS, FAIL, PASS, FAIL)).toMatchObject({ state: 'healthy' });
  expect(after(PASS, FAIL, FAIL)).toMatchObject({ state: 'unhealthy' });
});

test('an unhealthy target must pass as often in a row as the healthy threshold says', () => {
  expect(after(FAIL, FAIL, PASS, PASS)).toMatchObject({ state: 'unhealthy' });
  expect(after(FAIL, FAIL, PASS, PASS, FAIL, PASS, PASS, PASS)).toEqual({
    state: 'healthy',
    successes: 3,
    failures: 0,
  });
});

test('a healthy target may be asked less often than one that is waited for', () => {
  const settings = { ...SETTINGS, intervalMs: 50, healthyIntervalMs: 250 };
  expect(intervalMs(INITIAL, settings)).toBe(50);
  expect(intervalMs(after(FAIL, FAIL), settings)).toBe(50);
  expect(intervalMs(after(PASS), settings)).toBe(250);
  expect(intervalMs(after(PASS), SETTINGS)).toBe(SETTINGS.intervalMs);
});

test('matchers take codes, lists and ranges', () => {
  expect(matchesCode('200', 200)).toBe(true);
  expect(matchesCode('200', 201)).toBe(false);
  expect(matchesCode('200, 204', 204)).toBe(true);
  expect(matchesCode('200-299,404', 250)).toBe(true);
  expect(matchesCode('200-299,404', 403)).toBe(false);
});
