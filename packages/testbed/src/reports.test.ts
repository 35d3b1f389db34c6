import { expect, test } from '@jest/globals';
import { closingLine, sumReports, tellFailures } from './reports.ts';

const report = `<?xml version="1.0"?><testsuites name="jest tests" tests="5" failures="1" errors="0">
<testsuite name="a" errors="0" failures="1" skipped="1" timestamp="x" time="1" tests="4"></testsuite>
<testsuite name="b" errors="0" failures="0" skipped="0" timestamp="x" time="1" tests="1"></testsuite></testsuites>`;

test('reports are added up by suite, and the closing line tells what was skipped', () => {
  expect(closingLine(sumReports([report, report]))).toBe('6 passed, 2 failed, 2 skipped');
  expect(closingLine(sumReports([]))).toBe('0 passed, 0 failed');
});

test('a test file that could not be run is a failure, told once', () => {
  const broken = `<testsuite name="a.test.ts" errors="1" failures="0" skipped="0" tests="0">
<testcase classname="Test suite failed to run" name="a.test.ts"><error>at load</error></testcase>
<testcase classname="Test suite failed to run" name="a.test.ts"><failure>{}</failure></testcase></testsuite>`;
  expect(sumReports([broken])).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(tellFailures([broken])).toEqual(['✗ a.test.ts\n    at load']);
});

test('a failure is told by the name of its test, in plain text, without what the runner did', () => {
  const failed = `<testsuite name="a" tests="2">
<testcase classname="a &quot;b&quot; c" name="a &quot;b&quot; c" time="0.1">
  <failure>Error: &lt;x&gt; &amp; y
    at Object.&lt;anonymous&gt; (/here/src/a.test.ts:2:78)
    at run (/here/node_modules/jest-circus/build/run.js:1:1)</failure>
</testcase>
<testcase classname="d" name="d" time="0.1">
</testcase></testsuite>`;
  expect(tellFailures([report, failed])).toEqual([
    '✗ a "b" c\n    Error: <x> & y\n        at Object.<anonymous> (/here/src/a.test.ts:2:78)',
  ]);
});
