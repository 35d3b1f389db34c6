import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packArtifacts } from './artifacts.ts';
import { type BuildPhase, type BuildPhaseName, type Buildspec, readBuildspec } from './buildspec.ts';
import { BuildCache } from './cache.ts';
import { fillKey } from './cache-key.ts';
import { Aborted, PhaseFailure } from './failure.ts';
import type { Job, PhaseType, Result } from './job.ts';
import type { Journal } from './journal.ts';
import { placeIn } from './link-tree.ts';
import { secondaryDirectory, sourceDirectory } from './places.ts';
import { collectReports } from './reports.ts';
import { quote, Shell } from './shell.ts';
import { SourceTrees } from './source-trees.ts';
import { unzip } from './unzip.ts';

export interface BuildOptions {
  job: Job;
  journal: Journal;
  now: () => number;
  /** Aborted with an {@link Aborted}. */
  signal: AbortSignal;
  /** The Node that runs this. */
  node: string;
}

interface Prepared {
  spec: Buildspec;
  shell: Shell;
  cache?: BuildCache;
}

/**
 * Carries out a build: sources, the buildspec's phases, reports and artifacts. An abort ends it where it is.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
 */
export async function runBuild(options: BuildOptions): Promise<Result> {
  const result: Omit<Result, 'status' | 'end'> = { exportedVariables: {}, reports: [], artifacts: [] };
  try {
    await buildSteps(options, result);
    return { ...result, ...verdict(options.journal), end: options.now() };
  } catch (error) {
    if (!(error instanceof Aborted)) throw error;
    return { ...result, artifacts: [], status: error.status, message: error.message, end: options.now() };
  }
}

async function buildSteps(options: BuildOptions, result: Omit<Result, 'status' | 'end'>): Promise<void> {
  const { job, journal } = options;
  const source = sourceDirectory(job);
  let prepared: Prepared | undefined;
  await journal.phase('DOWNLOAD_SOURCE', async () => {
    prepared = await prepare(options, source);
  });
  if (!prepared) return;
  const { spec, shell, cache } = prepared;
  const built = await runPhases(spec, shell, journal);
  result.exportedVariables = await shell.variables(spec.exportedVariables);
  const log = (line: string): void => journal.log.line(line);
  result.reports = collectReports({ spec, source, directory: join(job.directory, 'reports'), log });
  if (built) {
    await journal.phase('UPLOAD_ARTIFACTS', () => {
      const directory = join(job.directory, 'artifacts');
      result.artifacts = packArtifacts({ spec, outputs: job.outputs, source, directory, log });
    });
  }
  await journal.phase('FINALIZING', () => {
    // A key is saved once and for ever: never with what a failed build left behind.
    if (!journal.failed) cache?.save();
    cache?.recycle();
  });
}

function verdict({ failed }: Journal): Pick<Result, 'status' | 'message'> {
  if (!failed) return { status: 'SUCCEEDED' };
  const { code, message } = failed.context!;
  return { status: 'FAILED', message: `${failed.type}: ${code}: ${message}` };
}

async function prepare({ job, journal, signal, node, now }: BuildOptions, source: string): Promise<Prepared> {
  for (const name of ['home', 'tmp']) mkdirSync(join(job.directory, name), { recursive: true });
  unpackSources(job, source);
  const spec = readBuildspec(buildspecText(job, source));
  installHelper(job, node);
  const directory = join(job.directory, 'shell');
  const environment = { ...job.environment.base, ...spec.variables, ...job.environment.project };
  const shell = new Shell({ program: spec.shell, directory, cwd: source, environment, signal });
  for (const [phase, { runtimeVersions }] of Object.entries(spec.phases)) {
    for (const [runtime, version] of Object.entries(runtimeVersions)) {
      journal.log.line(
        `${phase}: runtime version ${runtime} ${version} is noted; what is on this machine runs`,
      );
    }
  }
  if (!job.cache || !spec.cache || spec.cache.paths.length === 0) return { spec, shell };
  const fill = (key: string): Promise<string> => fillKey(key, source, command => shell.ask(command));
  const fallbackKeys: string[] = [];
  for (const key of spec.cache.fallbackKeys) fallbackKeys.push(await fill(key));
  const cache = new BuildCache({
    ...job.cache,
    spec: spec.cache,
    key: spec.cache.key === undefined ? `project ${job.project}` : await fill(spec.cache.key),
    fallbackKeys,
    source,
    build: job.id.replace(/.*:/, ''),
    now,
    log: line => journal.log.line(line),
  });
  cache.restore();
  return { spec, shell, cache };
}

/** The primary source is put over what an earlier build of the project left. */
function unpackSources(job: Job, source: string): void {
  const reused = new SourceTrees(job.sourceTrees).take(source);
  mkdirSync(source, { recursive: true });
  const [primary, ...others] = job.sources;
  if (primary) {
    try {
      unzip(primary.file, source);
    } catch (error) {
      if (!reused) throw error;
      rmSync(source, { recursive: true, force: true });
      unzip(primary.file, source);
    }
  }
  for (const { name, file } of others) unzip(file, secondaryDirectory(job, name));
}

/** The phases in their order; returns whether BUILD ran, so that there may be artifacts. */
async function runPhases(spec: Buildspec, shell: Shell, journal: Journal): Promise<boolean> {
  let succeeding = true;
  let built = false;
  for (const name of ['install', 'pre_build', 'build', 'post_build'] as BuildPhaseName[]) {
    const phase = spec.phases[name];
    if (name === 'build') built = true;
    shell.set('CODEBUILD_BUILD_SUCCEEDING', succeeding ? '1' : '0');
    const type = name.toUpperCase() as PhaseType;
    const ok = await journal.phase(type, () => (phase ? runPhase(phase, shell, journal) : undefined));
    succeeding &&= ok;
    if (!ok && !goesOn(name, phase)) return built;
  }
  return true;
}

/** After a failed BUILD comes POST_BUILD all the same; after the phases before it, nothing does. */
function goesOn(name: BuildPhaseName, phase: BuildPhase | undefined): boolean {
  if (phase?.onFailure !== undefined) return phase.onFailure === 'CONTINUE';
  return name === 'build' || name === 'post_build';
}

async function runPhase(phase: BuildPhase, shell: Shell, journal: Journal): Promise<void> {
  try {
    await runCommands(phase.commands, shell, journal);
  } finally {
    await runCommands(phase.finally, shell, journal);
  }
}

async function runCommands(commands: string[], shell: Shell, journal: Journal): Promise<void> {
  for (const command of commands) {
    journal.log.line(`Running command ${command.trimEnd()}`);
    const failure = await shell.run(command);
    if (failure === undefined) continue;
    journal.log.line(`Command did not exit successfully ${command.trimEnd()} ${failure}`);
    const message = `Error while executing command: ${command.trimEnd()}. Reason: ${failure}`;
    throw new PhaseFailure('COMMAND_EXECUTION_ERROR', message);
  }
}

function buildspecText({ buildspec }: Job, source: string): string {
  if ('text' in buildspec) return buildspec.text;
  const file = placeIn(source, buildspec.file);
  if (file === undefined || !existsSync(file)) {
    throw new PhaseFailure('YAML_FILE_ERROR', `stat ${buildspec.file}: no such file or directory`);
  }
  return readFileSync(file, 'utf8');
}

/** Puts `codebuild-hash-files` on the path that the engine gave the build. */
function installHelper({ directory }: Job, node: string): void {
  const program = fileURLToPath(new URL('./hash-files.ts', import.meta.url));
  const file = join(directory, 'bin', 'codebuild-hash-files');
  mkdirSync(join(directory, 'bin'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\nexec ${quote(node)} --no-warnings ${quote(program)} "$@"\n`);
  chmodSync(file, 0o755);
}
