import { stripVTControlCharacters } from 'node:util';

/** How much is shown of one failure. */
export const MOST_LINES = 40;
const MOST_PER_TEST = 20;
/** As long as a sentence with two ARNs. */
const WIDTH = 400;

/**
 * What a person wants to see of the log of a failed build: the failing tests of the failing tasks, or the last lines of
 * those tasks, or else of the build. CodeBuild's own words and npm's are left out.
 */
export function failingLines(log: string[]): string[] {
  const plain = log.map(line => stripVTControlCharacters(line).trimEnd());
  const tasks = plain.flatMap(line => /^(\S+#\S+?):\s+ERROR\s+command /.exec(line)?.[1] ?? []);
  if (tasks.length === 0) return lastOf(plain.filter(line => !line.startsWith('[Container]')));
  const failed = [...new Set(tasks)].sort(definitionFirst);
  const share = Math.max(2, Math.floor(MOST_LINES / failed.length));
  return failed
    .flatMap(task => {
      const prefix = `${task.replace('#', ':')}: `;
      const own = plain.filter(line => line.startsWith(prefix)).map(line => line.slice(prefix.length));
      const said = own.filter(line => !line.startsWith('npm error'));
      const tests = failingTests(said);
      return [`${task}:`, ...lastOf(tests.length > 0 ? tests : withoutFrames(said), share - 1)];
    })
    .slice(0, MOST_LINES);
}

/** A definition that cannot be synthesized fails its tests, too: its own words tell why. */
function definitionFirst(a: string, b: string): number {
  const rank = (task: string) => (task.startsWith('definition#') ? 0 : 1);
  return rank(a) - rank(b);
}

/** What a thrown error says, and where in this repository, not its way through Node and the libraries. */
function withoutFrames(lines: string[]): string[] {
  return lines.filter(line => !/^\s+at .*(node:|node_modules)/.test(line) && !/^Node\.js v/.test(line));
}

/** Each failing test as jest tells it: `●`, its title, the difference, the place. */
function failingTests(lines: string[]): string[] {
  const tests: string[][] = [];
  let current: string[] | undefined;
  for (const line of lines) {
    if (/^\s*● /.test(line)) {
      current = [];
      tests.push(current);
    } else if (/^(PASS|FAIL|Test Suites:|Summary of all failing tests)/.test(line)) current = undefined;
    if (current && line.trim() && !/^\s+at .*node_modules/.test(line)) current.push(line);
  }
  return tests.flatMap(shortened);
}

function shortened(test: string[]): string[] {
  if (test.length <= MOST_PER_TEST) return test.map(clip);
  const half = MOST_PER_TEST / 2;
  return [...test.slice(0, half - 1), '      …', ...test.slice(-half)].map(clip);
}

/** The last lines that say something, each clipped. */
export function lastOf(lines: string[], most = MOST_PER_TEST): string[] {
  return lines
    .filter(line => line.trim())
    .slice(-most)
    .map(clip);
}

function clip(line: string): string {
  return line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line;
}
