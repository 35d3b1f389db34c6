import type { Context } from '../../core/context.ts';
import type { CoverageSummary, EndStatus, Phase, PhaseType, ReportSummary } from './runner/job.ts';

export interface Variable {
  name: string;
  value: string;
  type: 'PLAINTEXT' | 'PARAMETER_STORE' | 'SECRETS_MANAGER';
}

/** A build project, as its resource describes it. Times are epoch milliseconds. */
export interface Project {
  name: string;
  arn: string;
  description?: string;
  sourceType: 'CODEPIPELINE' | 'NO_SOURCE' | 'CODECOMMIT';
  /** The text of a buildspec, or the path of its file in the source. */
  buildspec: { text: string } | { file: string };
  environment: { type: string; image: string; computeType: string; variables: Variable[] };
  serviceRole?: string;
  timeoutMinutes: number;
  queuedTimeoutMinutes: number;
  /** Absent: NO_CACHE. */
  cache?: { type: string; location?: string; namespace?: string; modes?: string[] };
  logGroup: string;
  logStreamPrefix?: string;
  concurrentBuildLimit?: number;
  tags: { key: string; value: string }[];
  /** The operation that made it. */
  token: string;
  created: number;
  modified: number;
}

export interface ArtifactLocation {
  name: string;
  bucket: string;
  key: string;
}

export interface Build {
  /** `<project>:<uuid>`. */
  id: string;
  arn: string;
  project: string;
  /** Counts the project's builds from 1. */
  number: number;
  /** Counts the engine's builds: the queue is served in this order. */
  order: number;
  /** The project as it was when the build began. */
  definition: Project;
  sourceVersion: string;
  inputs: ArtifactLocation[];
  outputs: ArtifactLocation[];
  variables: Variable[];
  initiator: string;
  status: 'IN_PROGRESS' | EndStatus;
  phase: PhaseType;
  phases: Phase[];
  start: number;
  end?: number;
  message?: string;
  log: { group: string; stream: string };
  exportedVariables: Record<string, string>;
  /** ARNs. */
  reports: string[];
  /** The process that runs it, once it is to be started; named anew for another attempt. */
  process?: string;
  attempt: number;
  /** When it was asked to stop. */
  stopped?: number;
  /** Whether it was told to. */
  signalled?: true;
  /** Grows when something outside the store happened to it, so that its controller looks. */
  seen: number;
}

export interface ReportGroup {
  name: string;
  arn: string;
  type: string;
  /** The operation that made it; absent when a build did. */
  token?: string;
  created: number;
}

export interface ReportRow {
  arn: string;
  group: string;
  build: string;
  format: string;
  /** Where its files are kept. */
  directory: string;
  summary?: ReportSummary;
  coverage?: CoverageSummary;
  created: number;
}

export type Tables = ReturnType<typeof openTables>;

export function openTables({ store }: Context) {
  return {
    projects: store.table<Project>('codebuild_projects'),
    builds: store.table<Build>('codebuild_builds'),
    /** Ids of builds that something is still to be done for. */
    active: store.table<true>('codebuild_active'),
    /** Build ids by request token. */
    tokens: store.table<string>('codebuild_tokens'),
    /** Build numbers by project; the engine's own under `*`. */
    numbers: store.table<number>('codebuild_numbers'),
    reportGroups: store.table<ReportGroup>('codebuild_report_groups'),
    reports: store.table<ReportRow>('codebuild_reports'),
  };
}
