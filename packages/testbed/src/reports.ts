/** How many test cases there were. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Adds up JUnit reports, by the totals of their `testsuites` elements. */
export function sumReports(reports: string[]): Counts {
  const sum: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const report of reports) {
    for (const [suite] of report.matchAll(/<testsuite\s[^>]*>/g)) {
      const count = (name: string): number => Number(new RegExp(`\\s${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
      const failed = count('failures') + count('errors');
      sum.failed += failed;
      sum.skipped += count('skipped');
      sum.passed += count('tests') - failed - count('skipped');
    }
  }
  return sum;
}

/** `12 passed, 0 failed`, with what was skipped when something was. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}
