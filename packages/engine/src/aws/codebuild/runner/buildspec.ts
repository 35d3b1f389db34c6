import { parse } from 'yaml';
import { PhaseFailure } from './failure.ts';

export type BuildPhaseName = 'install' | 'pre_build' | 'build' | 'post_build';

export interface BuildPhase {
  commands: string[];
  finally: string[];
  /** What follows a failure; absent: as CodeBuild's phase transitions say. */
  onFailure?: 'ABORT' | 'CONTINUE';
  runtimeVersions: Record<string, string>;
}

export interface ArtifactSpec {
  files: string[];
  excludePaths: string[];
  baseDirectory?: string;
  discardPaths: boolean;
}

export interface ReportSpec {
  files: string[];
  baseDirectory?: string;
  format: string;
  discardPaths: boolean;
}

export interface CacheSpec {
  paths: string[];
  key?: string;
  fallbackKeys: string[];
  actions: ('restore' | 'save')[];
}

export interface Buildspec {
  shell: 'bash' | 'sh';
  variables: Record<string, string>;
  exportedVariables: string[];
  phases: Partial<Record<BuildPhaseName, BuildPhase>>;
  artifacts?: ArtifactSpec;
  secondaryArtifacts: Record<string, ArtifactSpec>;
  reports: Record<string, ReportSpec>;
  cache?: CacheSpec;
}

type Mapping = Record<string, unknown>;

const PHASES: BuildPhaseName[] = ['install', 'pre_build', 'build', 'post_build'];
const MOST_REPORTS = 5;

/**
 * Reads a buildspec of version 0.2. Throws a PhaseFailure YAML_FILE_ERROR for what is wrong, and for what is right in
 * AWS and not carried out here. https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 */
export function readBuildspec(text: string): Buildspec {
  const spec = mapping(parseYaml(text), 'the buildspec');
  const version = String(spec.version);
  if (version !== '0.2') throw wrong(`version ${version} is not carried out; write version: 0.2`);
  if (spec.batch !== undefined) throw wrong('batch builds are not carried out locally');
  const env = mapping(spec.env ?? {}, 'env');
  for (const name of ['parameter-store', 'secrets-manager']) {
    const given = Object.keys(mapping(env[name] ?? {}, `env.${name}`));
    if (given.length > 0)
      throw wrong(`env.${name} is not carried out locally; set ${given[0]} in the project`);
  }
  const artifacts = spec.artifacts === undefined ? undefined : mapping(spec.artifacts, 'artifacts');
  const secondary = mapping(artifacts?.['secondary-artifacts'] ?? {}, 'artifacts.secondary-artifacts');
  const reports = Object.entries(mapping(spec.reports ?? {}, 'reports'));
  if (reports.length > MOST_REPORTS)
    throw wrong(`at most ${MOST_REPORTS} report groups, not ${reports.length}`);
  return {
    shell: readShell(env.shell),
    variables: readVariables(env.variables),
    exportedVariables: strings(env['exported-variables'], 'env.exported-variables'),
    phases: readPhases(spec.phases),
    ...(artifacts && { artifacts: readArtifact(artifacts, 'artifacts') }),
    secondaryArtifacts: Object.fromEntries(
      Object.entries(secondary).map(([name, value]) => {
        const where = `artifacts.secondary-artifacts.${name}`;
        return [name, readArtifact(mapping(value, where), where)];
      }),
    ),
    reports: Object.fromEntries(reports.map(([name, value]) => [name, readReport(name, value)])),
    ...(spec.cache !== undefined && { cache: readCache(mapping(spec.cache, 'cache')) }),
  };
}

function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch (error) {
    throw new PhaseFailure('YAML_FILE_ERROR', (error as Error).message, { cause: error });
  }
}

function readShell(shell: unknown): 'bash' | 'sh' {
  if (shell === undefined) return 'sh';
  if (shell === 'bash' || shell === '/bin/sh' || shell === 'sh') return shell === 'bash' ? 'bash' : 'sh';
  throw wrong(`env.shell ${String(shell)} is not carried out locally; bash and sh are`);
}

function readVariables(value: unknown): Record<string, string> {
  const entries = Object.entries(mapping(value ?? {}, 'env.variables'));
  const odd = entries.find(([name]) => !/^[A-Za-z_]\w*$/.test(name));
  if (odd) throw wrong(`env.variables: "${odd[0]}" is no name of a variable`);
  return Object.fromEntries(entries.map(([name, each]) => [name, scalar(each, `env.variables.${name}`)]));
}

function readPhases(value: unknown): Buildspec['phases'] {
  const phases = mapping(value, 'phases');
  const unknown = Object.keys(phases).find(name => !PHASES.includes(name as BuildPhaseName));
  if (unknown !== undefined) throw wrong(`phases.${unknown} is no phase`);
  if (Object.keys(phases).length === 0) throw wrong('at least one phase is required');
  const read = Object.entries(phases).map(([name, phase]) => [
    name,
    readPhase(name, mapping(phase, `phases.${name}`)),
  ]);
  return Object.fromEntries(read) as Buildspec['phases'];
}

function readPhase(name: string, phase: Mapping): BuildPhase {
  const where = `phases.${name}`;
  const onFailure = phase['on-failure'];
  if (onFailure !== undefined && onFailure !== 'ABORT' && onFailure !== 'CONTINUE') {
    throw wrong(
      `${where}.on-failure ${String(onFailure)} is not carried out locally; ABORT and CONTINUE are`,
    );
  }
  if (phase['run-as'] !== undefined) throw wrong(`${where}.run-as is not carried out locally`);
  const versions = Object.entries(mapping(phase['runtime-versions'] ?? {}, `${where}.runtime-versions`));
  return {
    commands: strings(phase.commands, `${where}.commands`),
    finally: strings(phase.finally, `${where}.finally`),
    ...(onFailure !== undefined && { onFailure }),
    runtimeVersions: Object.fromEntries(versions.map(([runtime, version]) => [runtime, String(version)])),
  };
}

function readArtifact(artifact: Mapping, where: string): ArtifactSpec {
  const base = artifact['base-directory'];
  return {
    files: strings(artifact.files, `${where}.files`),
    excludePaths: strings(artifact['exclude-paths'], `${where}.exclude-paths`),
    ...(base !== undefined && { baseDirectory: scalar(base, `${where}.base-directory`) }),
    discardPaths: isYes(artifact['discard-paths']),
  };
}

function readReport(name: string, value: unknown): ReportSpec {
  const report = mapping(value, `reports.${name}`);
  const base = report['base-directory'];
  return {
    files: strings(report.files, `reports.${name}.files`),
    ...(base !== undefined && { baseDirectory: scalar(base, `reports.${name}.base-directory`) }),
    format: report['file-format'] === undefined ? 'JUNITXML' : String(report['file-format']).toUpperCase(),
    discardPaths: isYes(report['discard-paths']),
  };
}

function readCache(cache: Mapping): CacheSpec {
  const action = cache.action ?? ['restore', 'save'];
  const actions = (Array.isArray(action) ? action : [action]).map(String);
  if (actions.some(each => each !== 'restore' && each !== 'save'))
    throw wrong('cache.action is restore or save');
  return {
    paths: strings(cache.paths, 'cache.paths'),
    ...(cache.key !== undefined && { key: scalar(cache.key, 'cache.key') }),
    fallbackKeys: strings(cache['fallback-keys'], 'cache.fallback-keys'),
    actions: actions as CacheSpec['actions'],
  };
}

function isYes(value: unknown): boolean {
  return value === true || value === 'yes';
}

function mapping(value: unknown, where: string): Mapping {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Mapping;
  throw wrong(`${where} must be a mapping`);
}

function strings(value: unknown, where: string): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong(`${where} must be a list`);
  return value.map((each, index) => scalar(each, `${where}[${index}]`));
}

function scalar(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw wrong(`Expected ${where} to be of string type: found subkeys instead; put the text in quotes`);
}

function wrong(message: string): PhaseFailure {
  return new PhaseFailure('YAML_FILE_ERROR', message);
}
