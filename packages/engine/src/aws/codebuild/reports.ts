import { arn, nameOf } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import type { Report } from './runner/job.ts';
import type { Build, Tables } from './tables.ts';

/** Writes a build's reports down; a group that the buildspec names is made as `<project>-<name>`. Returns their ARNs. */
export function keepReports(context: Context, tables: Tables, build: Build, reports: Report[]): string[] {
  return reports.map(report => {
    const name = report.group.startsWith('arn:') ? nameOf(report.group) : `${build.project}-${report.group}`;
    const group = arn('codebuild', context, `report-group/${name}`);
    const created = context.clock.now();
    const type = report.format === 'JUNITXML' || report.summary ? 'TEST' : 'CODE_COVERAGE';
    if (!tables.reportGroups.get(name)) tables.reportGroups.put(name, { name, arn: group, type, created });
    const id = arn('codebuild', context, `report/${name}:${build.id.split(':')[1]}`);
    const { format, directory, summary, coverage } = report;
    tables.reports.put(id, {
      arn: id,
      group,
      build: build.arn,
      format,
      directory,
      ...(summary && { summary }),
      ...(coverage && { coverage }),
      created,
    });
    return id;
  });
}
