import { basename } from 'node:path';
import { percentage } from './runner/clover.ts';
import type { Phase } from './runner/job.ts';
import type { Build, Project, ReportRow, Variable } from './tables.ts';

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Project.html */
export function projectView(project: Project) {
  return {
    name: project.name,
    arn: project.arn,
    description: project.description,
    source: sourceView(project),
    artifacts: { type: project.sourceType === 'CODEPIPELINE' ? 'CODEPIPELINE' : 'NO_ARTIFACTS' },
    cache: cacheView(project),
    environment: environmentView(project, []),
    serviceRole: project.serviceRole,
    timeoutInMinutes: project.timeoutMinutes,
    queuedTimeoutInMinutes: project.queuedTimeoutMinutes,
    concurrentBuildLimit: project.concurrentBuildLimit,
    tags: project.tags,
    created: new Date(project.created),
    lastModified: new Date(project.modified),
    logsConfig: {
      cloudWatchLogs: { status: 'ENABLED', groupName: project.logGroup, streamName: project.logStreamPrefix },
    },
  };
}

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html */
export function buildView(build: Build, { region }: { region: string }) {
  const { definition, log } = build;
  const [primary] = build.outputs;
  return {
    id: build.id,
    arn: build.arn,
    buildNumber: build.number,
    startTime: new Date(build.start),
    endTime: build.end === undefined ? undefined : new Date(build.end),
    currentPhase: build.phase,
    buildStatus: build.status,
    sourceVersion: build.sourceVersion,
    resolvedSourceVersion: build.sourceVersion,
    projectName: build.project,
    phases: build.phases.map(phaseView),
    source: sourceView(definition),
    artifacts: { location: primary ? `arn:aws:s3:::${primary.bucket}/${primary.key}` : '' },
    cache: cacheView(definition),
    environment: environmentView(definition, build.variables),
    serviceRole: definition.serviceRole,
    logs: {
      groupName: log.group,
      streamName: log.stream,
      cloudWatchLogsArn: `arn:aws:logs:${region}:${build.arn.split(':')[4]}:log-group:${log.group}:log-stream:${log.stream}`,
    },
    timeoutInMinutes: definition.timeoutMinutes,
    queuedTimeoutInMinutes: definition.queuedTimeoutMinutes,
    buildComplete: build.status !== 'IN_PROGRESS',
    initiator: build.initiator,
    exportedEnvironmentVariables: Object.entries(build.exportedVariables).map(([name, value]) => ({
      name,
      value,
    })),
    reportArns: build.reports,
  };
}

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Report.html */
export function reportView(report: ReportRow) {
  const { summary, coverage } = report;
  const failed = summary !== undefined && summary.failed > 0;
  return {
    arn: report.arn,
    type: report.format === 'JUNITXML' ? 'TEST' : 'CODE_COVERAGE',
    name: basename(report.arn),
    reportGroupArn: report.group,
    executionId: report.build,
    status: failed ? 'FAILED' : 'SUCCEEDED',
    created: new Date(report.created),
    truncated: false,
    ...(summary && {
      testSummary: {
        total: summary.total,
        statusCounts: {
          SUCCEEDED: summary.passed,
          FAILED: summary.failed,
          SKIPPED: summary.skipped,
          ERROR: 0,
          UNKNOWN: 0,
        },
        durationInNanoSeconds: summary.durationMs * 1_000_000,
      },
    }),
    ...(coverage && {
      codeCoverageSummary: {
        lineCoveragePercentage: percentage(coverage.linesCovered, coverage.lines),
        linesCovered: coverage.linesCovered,
        linesMissed: coverage.lines - coverage.linesCovered,
        branchCoveragePercentage: percentage(coverage.branchesCovered, coverage.branches),
        branchesCovered: coverage.branchesCovered,
        branchesMissed: coverage.branches - coverage.branchesCovered,
      },
    }),
  };
}

function phaseView(phase: Phase) {
  const { context } = phase;
  return {
    phaseType: phase.type,
    phaseStatus: phase.status,
    startTime: new Date(phase.start),
    endTime: phase.end === undefined ? undefined : new Date(phase.end),
    durationInSeconds: phase.end === undefined ? undefined : Math.round((phase.end - phase.start) / 1000),
    contexts:
      phase.status === undefined
        ? undefined
        : [{ statusCode: context?.code ?? '', message: context?.message ?? '' }],
  };
}

function cacheView({ cache }: Project) {
  if (!cache) return { type: 'NO_CACHE' };
  const { type, location, namespace, modes } = cache;
  return { type, location, cacheNamespace: namespace, modes };
}

function sourceView({ sourceType, buildspec }: Project) {
  return { type: sourceType, buildspec: 'text' in buildspec ? buildspec.text : buildspec.file };
}

function environmentView({ environment }: Project, more: Variable[]) {
  const { type, image, computeType, variables } = environment;
  const names = new Set(more.map(variable => variable.name));
  const environmentVariables = [...variables.filter(variable => !names.has(variable.name)), ...more];
  return { type, image, computeType, environmentVariables, privilegedMode: false };
}
