import type { Api, Operation } from '../../core/api.ts';
import { nameOf } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import { type BuildRequest, startBuild } from './start-build.ts';
import { stopBuild } from './stop-build.ts';
import type { Build, Tables } from './tables.ts';
import { buildView, projectView, reportView } from './views.ts';

const PAGE = 100;

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Operations.html */
export function codeBuildApi(context: Context, tables: Tables): Api {
  const { projects, builds, reports, reportGroups } = tables;
  const view = (build: Build) => buildView(build, context);
  const lookUp = <T>(names: unknown, get: (name: string) => T | undefined) => {
    if (!Array.isArray(names) || names.length > PAGE) throw invalid(`Give a list of at most ${PAGE}`);
    const found = names.map(String).map(name => ({ name, value: get(name) }));
    return {
      found: found.flatMap(({ value }) => (value === undefined ? [] : [value])),
      missing: found.filter(({ value }) => value === undefined).map(({ name }) => name),
    };
  };
  const one = (id: unknown): Build => {
    const build = builds.get(buildId(String(id)));
    if (build) return build;
    throw new AwsError('ResourceNotFoundException', `Build ${String(id)} cannot be found`);
  };

  const operations: Record<string, Operation> = {
    ListProjects: input => page(input, 'projects', projects.keys()),
    BatchGetProjects: ({ names }) => {
      const { found, missing } = lookUp(names, name => projects.get(nameOf(name)));
      return { projects: found.map(projectView), projectsNotFound: missing };
    },
    StartBuild: input => {
      const id = startBuild(context, tables, requestOf(context, input));
      return { build: view(one(id)) };
    },
    StopBuild: ({ id }) => {
      stopBuild(context, tables, one(id).id);
      return { build: view(one(id)) };
    },
    BatchGetBuilds: ({ ids }) => {
      const { found, missing } = lookUp(ids, id => builds.get(buildId(id)));
      return { builds: found.map(view), buildsNotFound: missing };
    },
    ListBuilds: input => page(input, 'ids', newestFirst(builds.values(), input.sortOrder)),
    ListBuildsForProject: input => {
      if (!projects.get(input.projectName)) {
        throw new AwsError(
          'ResourceNotFoundException',
          `The build project was not found: ${input.projectName}`,
        );
      }
      return page(input, 'ids', newestFirst(builds.values(`${input.projectName}:`), input.sortOrder));
    },
    ListReportGroups: input =>
      page(
        input,
        'reportGroups',
        reportGroups.values().map(group => group.arn),
      ),
    ListReportsForReportGroup: input => {
      const of = reports.values().filter(report => report.group === input.reportGroupArn);
      return page(
        input,
        'reports',
        of.toSorted((a, b) => b.created - a.created).map(report => report.arn),
      );
    },
    BatchGetReports: ({ reportArns }) => {
      const { found, missing } = lookUp(reportArns, id => reports.get(id));
      return { reports: found.map(reportView), reportsNotFound: missing };
    },
    DescribeTestCases: ({ reportArn }) => ({
      // Failed tests only, as far as they are kept.
      testCases: (reports.get(String(reportArn))?.summary?.failures ?? []).map(({ name, message }) => ({
        reportArn,
        name,
        status: 'FAILED',
        message,
      })),
    }),
  };
  return { service: 'codebuild', protocol: 'json-1.1', operations };
}

function requestOf(context: Context, input: Record<string, unknown>): BuildRequest {
  const taken = ['projectName', 'sourceVersion', 'environmentVariablesOverride', 'idempotencyToken'];
  const other = Object.keys(input).find(name => !taken.includes(name) && input[name] !== undefined);
  if (other !== undefined) throw invalid(`${other} of StartBuild is not carried out locally`);
  const token = input.idempotencyToken ?? context.ids.uuid();
  return {
    token: `api ${String(token)}`,
    project: String(input.projectName),
    sourceVersion: String(input.sourceVersion ?? ''),
    inputs: [],
    outputs: [],
    environment: (input.environmentVariablesOverride ?? []) as BuildRequest['environment'],
    initiator: 'user',
  };
}

/** From an id or an ARN. */
function buildId(id: string): string {
  return id.startsWith('arn:') ? id.slice(id.indexOf('/') + 1) : id;
}

function newestFirst(builds: Build[], sortOrder: unknown): string[] {
  const sign = sortOrder === 'ASCENDING' ? 1 : -1;
  return builds.toSorted((a, b) => sign * (a.order - b.order)).map(build => build.id);
}

function page(input: Record<string, unknown>, member: string, all: string[]) {
  const start = Number(input.nextToken ?? 0);
  if (!Number.isInteger(start) || start < 0) throw invalid('Invalid token');
  const end = start + PAGE;
  return { [member]: all.slice(start, end), ...(end < all.length && { nextToken: String(end) }) };
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidInputException', message);
}
