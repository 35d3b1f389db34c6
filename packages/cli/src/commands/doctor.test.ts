import { expect, test } from '@jest/globals';
import { findingLine } from '../doctor/finding.ts';
import { engineFinding, nodeFinding } from './doctor.ts';

test('an old Node is missing the new one, and told so', () => {
  expect(nodeFinding('v20.11.0')).toMatchObject({
    state: 'missing',
    text: expect.stringContaining('Node 24'),
  });
  expect(findingLine(nodeFinding('v24.1.0'))).toBe('✓ node       v24.1.0');
});

test('an engine that was killed is told apart from one that was stopped', () => {
  expect(engineFinding(undefined, { state: '/s', left: true })).toMatchObject({ state: 'missing' });
  expect(engineFinding(undefined, { state: '/s', left: false })).toMatchObject({ state: 'note' });
  const engine = { pid: 7, endpoint: 'http://127.0.0.1:4566', startedAt: '2030' };
  expect(engineFinding(engine, { state: '/s', left: true })).toMatchObject({ state: 'good' });
});
