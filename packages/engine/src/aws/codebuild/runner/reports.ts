import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Buildspec, ReportSpec } from './buildspec.ts';
import { glob } from './glob.ts';
import type { Report, ReportSummary } from './job.ts';
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
    const summary = report.format === 'JUNITXML' ? summarize(kept, group, log) : undefined;
    log(
      `Report ${group}: ${kept.length} files${summary ? `, ${summary.passed} of ${summary.total} tests passed` : ''}`,
    );
    const { format } = report;
    return [
      {
        group,
        format,
        directory: join(directory, String(index)),
        files: kept.length,
        ...(summary && { summary }),
      },
    ];
  });
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

function summarize(files: string[], group: string, log: (line: string) => void): ReportSummary {
  return files.reduce((sum, file) => {
    try {
      return addSummaries(sum, readJunit(readFileSync(file, 'utf8')));
    } catch (error) {
      log(`Report ${group}: ${basename(file)} is no JUnit XML: ${(error as Error).message}`);
      return sum;
    }
  }, NO_TESTS);
}
