/** What the engine hands the runner, as JSON in a file that only the user can read. */
export interface Job {
  /** `<project>:<uuid>`. */
  id: string;
  /** The build's own directory, outside every git work tree; everything below is the runner's. */
  directory: string;
  /** Zips to unpack; the first is the primary source. None for a project without source. */
  sources: { name: string; file: string }[];
  /** Where the project's builds leave their sources for the next one; on the file system of the builds. */
  sourceTrees: string;
  /** The buildspec's text, or the path of its file within the primary source. */
  buildspec: { text: string } | { file: string };
  /** What the build starts with, weakest first: the machine's, the buildspec's variables come between, the project's. */
  environment: { base: Record<string, string>; project: Record<string, string> };
  /** The names of the artifacts that are wanted. */
  outputs: string[];
  /** Absent when the project has no cache. */
  cache?: CacheOptions;
  /** Real milliseconds for the whole build. */
  timeoutMs: number;
  /** Where reports may be made of; at most five. */
  project: string;
}

export interface CacheOptions {
  /** Where entries are kept; on the file system of the builds, so that restoring is linking. */
  directory: string;
  /** Projects of one namespace share entries. */
  namespace: string;
  /** A checkout whose `node_modules` may stand in for an entry that is missing. */
  seedFrom?: string;
}

export type PhaseType =
  | 'SUBMITTED'
  | 'QUEUED'
  | 'PROVISIONING'
  | 'DOWNLOAD_SOURCE'
  | 'INSTALL'
  | 'PRE_BUILD'
  | 'BUILD'
  | 'POST_BUILD'
  | 'UPLOAD_ARTIFACTS'
  | 'FINALIZING'
  | 'COMPLETED';

export type EndStatus = 'SUCCEEDED' | 'FAILED' | 'FAULT' | 'STOPPED' | 'TIMED_OUT';

/** A phase that is under way (no status yet) or over. Times are epoch milliseconds. */
export interface Phase {
  type: PhaseType;
  start: number;
  end?: number;
  status?: EndStatus;
  /** Why it failed, in CodeBuild's words. */
  context?: { code: string; message: string };
}

/** What a report group's file said. */
export interface ReportSummary {
  total: number;
  passed: number;
  failed: number;
  skipped: number;
  durationMs: number;
  /** The first tests that failed, with the first line of why. */
  failures: { name: string; message: string }[];
}

/** What a coverage report's files said. */
export interface CoverageSummary {
  lines: number;
  linesCovered: number;
  branches: number;
  branchesCovered: number;
}

export interface Report {
  /** As in the buildspec: a name or an ARN. */
  group: string;
  format: string;
  /** Where its files are kept. */
  directory: string;
  files: number;
  /** Absent where the format is kept and not read, as is the next. */
  summary?: ReportSummary;
  coverage?: CoverageSummary;
}

/** What the runner leaves behind when it is done. */
export interface Result {
  status: EndStatus;
  message?: string;
  exportedVariables: Record<string, string>;
  reports: Report[];
  /** Zips by output name. */
  artifacts: { name: string; file: string }[];
  end: number;
}

/** The files by which runner and engine know of each other, in the build's directory. */
export const JOB_FILE = 'job.json';
export const PHASES_FILE = 'phases.json';
export const RESULT_FILE = 'result.json';
