import { XMLParser } from 'fast-xml-parser';
import type { ReportSummary } from './job.ts';

interface Suite {
  testsuite?: Suite[];
  testcase?: TestCase[];
}

interface TestCase {
  '@name'?: string;
  '@classname'?: string;
  '@time'?: string;
  failure?: unknown[];
  error?: unknown[];
  skipped?: unknown[];
}

const MOST_FAILURES = 10;
const LONGEST_MESSAGE = 500;
const LISTS = ['testsuite', 'testcase', 'failure', 'error', 'skipped'];

export const NO_TESTS: ReportSummary = {
  total: 0,
  passed: 0,
  failed: 0,
  skipped: 0,
  durationMs: 0,
  failures: [],
};

/** Counts the tests of a JUnit XML file. Throws when it is no XML. */
export function readJunit(xml: string): ReportSummary {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    isArray: name => LISTS.includes(name),
  });
  const root = parser.parse(xml, true) as { testsuites?: Suite } & Suite;
  return casesOf(root.testsuites ?? root).reduce(count, NO_TESTS);
}

/** The sum of two summaries. */
export function addSummaries(a: ReportSummary, b: ReportSummary): ReportSummary {
  return {
    total: a.total + b.total,
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    durationMs: a.durationMs + b.durationMs,
    failures: [...a.failures, ...b.failures].slice(0, MOST_FAILURES),
  };
}

function casesOf(suite: Suite): TestCase[] {
  return [...(suite.testcase ?? []), ...(suite.testsuite ?? []).flatMap(casesOf)];
}

function count(sum: ReportSummary, test: TestCase): ReportSummary {
  const why = test.failure?.[0] ?? test.error?.[0];
  const failed = why !== undefined;
  const skipped = !failed && test.skipped !== undefined;
  const name =
    [test['@classname'], test['@name']].filter(Boolean).join(' ').trim() || 'a test without a name';
  return addSummaries(sum, {
    total: 1,
    passed: failed || skipped ? 0 : 1,
    failed: failed ? 1 : 0,
    skipped: skipped ? 1 : 0,
    durationMs: Math.round(Number(test['@time'] ?? 0) * 1000) || 0,
    failures: failed ? [{ name, message: firstLine(why) }] : [],
  });
}

function firstLine(failure: unknown): string {
  const node = failure as { '@message'?: string; '#text'?: string } | string;
  const text = typeof node === 'string' ? node : (node['@message'] ?? node['#text'] ?? '');
  return String(text).trim().split('\n')[0]!.slice(0, LONGEST_MESSAGE);
}
