import { expect, test } from '@jest/globals';
import { closingLine, sumReports } from './reports.ts';

const report = `<?xml version="1.0"?><testsuites name="jest tests" tests="5" failures="1" errors="0">
<testsuite name="a" errors="0" failures="1" skipped="1" timestamp="x" time="1" tests="4"></testsuite>
<testsuite name="b" errors="0" failures="0" skipped="0" timestamp="x" time="1" tests="1"></testsuite></testsuites>`;

test('reports are added up by suite, and the closing line tells what was skipped', () => {
  expect(closingLine(sumReports([report, report]))).toBe('6 passed, 2 failed, 2 skipped');
  expect(closingLine(sumReports([]))).toBe('0 passed, 0 failed');
});
