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
      sum.failed += count('failures') + count('errors'); // an error is of a file that could not be run
      sum.skipped += count('skipped');
      sum.passed += count('tests') - count('failures') - count('skipped');
    }
  }
  return sum;
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
const FAILURE = /<testcase\s[^>]*?\sname="([^"]*)"[^>]*>\s*<(failure|error)>(?!\{\})(.*?)<\/\2>/gs;
const LINES_OF_A_FAILURE = 25;

/** Each failed test by its name, with the first lines of what it said and where in our own files. */
export function tellFailures(reports: string[]): string[] {
  const plain = (text: string): string => text.replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole);
  return reports.flatMap(report =>
    [...report.matchAll(FAILURE)].map(([, name = '', , message = '']) => {
      const lines = plain(message)
        .split('\n')
        .filter(line => !line.includes('/node_modules/'));
      return [`✗ ${plain(name).trim()}`, ...lines.slice(0, LINES_OF_A_FAILURE)].join('\n    ');
    }),
  );
}

/** `12 passed, 0 failed`, with what was skipped when something was. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}
