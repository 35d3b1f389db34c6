import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Buildspec, ReportSpec } from './buildspec.ts';
import { addCoverage, NOTHING_COVERED, percentage, readClover } from './clover.ts';
import { glob } from './glob.ts';
import type { CoverageSummary, Report, ReportSummary } from './job.ts';
import { addSummaries, NO_TESTS, readJunit } from './junit.ts';
import { placeIn } from './link-tree.ts';

export interface ReportOptions {
  spec: Buildspec;
  source: string;
  /** Where the files are kept: `<directory>/<n>/…`. */
  directory: string;
  log(line: string): void;
}

const LONGEST_FILE = 32 * 1024 * 1024;

/** Keeps the files of every report group that wrote some. A failed test in a report does not fail the build. */
export function collectReports({ spec, source, directory, log }: ReportOptions): Report[] {
  return Object.entries(spec.reports).flatMap(([group, report], index) => {
    const kept = keepFiles(report, source, join(directory, String(index)));
    if (kept.length === 0) {
      log(`No files were found for report group ${group}`);
      return [];
    }
    const { format } = report;
    const read = <Summary>(reader: Reader<Summary>): Summary => readAll(kept, reader, { group, log });
    const summary = format === 'JUNITXML' ? read(JUNIT) : undefined;
    const coverage = format === 'CLOVERXML' ? read(CLOVER) : undefined;
    log(`Report ${group}: ${kept.length} files${tellTests(summary)}${tellCoverage(coverage)}`);
    return [
      {
        group,
        format,
        directory: join(directory, String(index)),
        files: kept.length,
        ...(summary && { summary }),
        ...(coverage && { coverage }),
      },
    ];
  });
}

function tellTests(summary: ReportSummary | undefined): string {
  return summary ? `, ${summary.passed} of ${summary.total} tests passed` : '';
}

function tellCoverage(coverage: CoverageSummary | undefined): string {
  if (coverage === undefined) return '';
  const { lines, linesCovered } = coverage;
  if (lines === 0) return ', which tell of no lines';
  return `, ${percentage(linesCovered, lines).toFixed(1)} % of ${lines} lines covered`;
}

function keepFiles(report: ReportSpec, source: string, directory: string): string[] {
  const base = placeIn(source, report.baseDirectory ?? '.');
  if (base === undefined) return [];
  const found = report.files.flatMap(pattern => glob(base, pattern)).map(each => each.path);
  return [...new Set(found)].flatMap(path => {
    const stat = statSync(join(base, path), { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.size > LONGEST_FILE) return [];
    const place = join(directory, report.discardPaths ? basename(path) : path);
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(join(base, path), place);
    return [place];
  });
}

interface Reader<Summary> {
  format: string;
  none: Summary;
  read(text: string): Summary;
  add(one: Summary, other: Summary): Summary;
}

const JUNIT: Reader<ReportSummary> = {
  ...{ format: 'JUnit XML', none: NO_TESTS, read: readJunit, add: addSummaries },
};
const CLOVER: Reader<CoverageSummary> = {
  ...{ format: 'Clover XML', none: NOTHING_COVERED, read: readClover, add: addCoverage },
};

/** The sum of what the files say, without those that cannot be read, which is told. */
function readAll<Summary>(
  files: string[],
  { format, none, read, add }: Reader<Summary>,
  { group, log }: { group: string; log(line: string): void },
): Summary {
  return files.reduce((sum, file) => {
    try {
      return add(sum, read(readFileSync(file, 'utf8')));
    } catch (error) {
      log(`Report ${group}: ${basename(file)} is no ${format}: ${(error as Error).message}`);
      return sum;
    }
  }, none);
}
