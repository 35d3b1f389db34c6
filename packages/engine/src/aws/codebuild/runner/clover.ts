import { XMLParser } from 'fast-xml-parser';
import type { CoverageSummary } from './job.ts';

type Metrics = Partial<Record<`@${string}`, string>>;

export const NOTHING_COVERED: CoverageSummary = {
  lines: 0,
  linesCovered: 0,
  branches: 0,
  branchesCovered: 0,
};

/**
 * Counts the statements and conditions of a Clover XML file, which CodeBuild calls lines and branches. Throws when it is
 * no such file. https://docs.aws.amazon.com/codebuild/latest/userguide/code-coverage-report.html
 */
export function readClover(xml: string): CoverageSummary {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@' });
  const root = parser.parse(xml, true) as { coverage?: { project?: { metrics?: Metrics } } };
  const metrics = root.coverage?.project?.metrics;
  if (metrics === undefined) throw new Error('it has no metrics of a project');
  return {
    lines: count(metrics['@statements']),
    linesCovered: count(metrics['@coveredstatements']),
    branches: count(metrics['@conditionals']),
    branchesCovered: count(metrics['@coveredconditionals']),
  };
}

/** The sum of two summaries. */
export function addCoverage(a: CoverageSummary, b: CoverageSummary): CoverageSummary {
  return {
    lines: a.lines + b.lines,
    linesCovered: a.linesCovered + b.linesCovered,
    branches: a.branches + b.branches,
    branchesCovered: a.branchesCovered + b.branchesCovered,
  };
}

/** How much of all is covered, in percent; all of nothing is 100. */
export function percentage(covered: number, all: number): number {
  return all === 0 ? 100 : (covered / all) * 100;
}

function count(text: string | undefined): number {
  if (text === undefined || !/^\d{1,12}$/.test(text)) throw new Error(`${text} is no count`);
  return Number(text);
}
