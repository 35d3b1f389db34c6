import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from '../../core/context.ts';
import type { ProcessSpec } from '../../core/processes.ts';
import { buildEnvironment } from './environment.ts';
import type { CodeBuildPorts } from './ports.ts';
import { JOB_FILE, type Job, PHASES_FILE, type Phase, RESULT_FILE, type Result } from './runner/job.ts';
import { writeWhole } from './runner/journal.ts';
import { compiledDirectory, SCRATCH } from './runner/places.ts';
import type { Build } from './tables.ts';

const RUNNER = fileURLToPath(new URL('./runner/main.ts', import.meta.url));

/** A build's own directory. */
export function placeOf(context: Context, build: Pick<Build, 'id'>): string {
  return join(context.state, 'builds', build.id.split(':')[1]!);
}

/** Where a project's builds leave their sources for its next one; a name may hold what no path should. */
export function sourceTreesOf(context: Context, project: string): string {
  return join(context.state, 'sources', createHash('sha256').update(project).digest('hex'));
}

/** Makes the directory anew and writes the job; returns the process that carries it out. Throws AwsError. */
export async function prepare(context: Context, ports: CodeBuildPorts, build: Build): Promise<ProcessSpec> {
  const directory = placeOf(context, build);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  mkdirSync(join(context.state, 'compiled'), { recursive: true, mode: 0o700 });
  symlinkSync(join(context.state, 'compiled'), compiledDirectory({ directory }));
  const { definition } = build;
  const { seedFrom, node } = ports.options;
  const sources = await Promise.all(
    build.inputs.map(async ({ name, bucket, key }) => ({
      name,
      file: await ports.artifacts.getObject(bucket, key),
    })),
  );
  const job: Job = {
    id: build.id,
    directory,
    sources,
    sourceTrees: sourceTreesOf(context, definition.name),
    buildspec: definition.buildspec,
    environment: buildEnvironment(context, ports, build, directory),
    outputs: build.outputs.map(output => output.name),
    ...(definition.cache && {
      cache: {
        directory: join(context.state, 'cache'),
        namespace: definition.cache.namespace ?? '',
        ...(seedFrom !== undefined && { seedFrom }),
      },
    }),
    timeoutMs: definition.timeoutMinutes * 60_000,
    project: definition.name,
  };
  const file = join(directory, JOB_FILE);
  writeWhole(file, JSON.stringify(job));
  return {
    id: build.process!,
    command: [node, '--no-warnings', RUNNER, file],
    cwd: directory,
    env: pick(job.environment.base, ['PATH', 'LANG', 'NODE_COMPILE_CACHE', 'NODE_COMPILE_CACHE_PORTABLE']),
    output: ports.logs.file(build.log.group, build.log.stream),
  };
}

function pick(variables: Record<string, string>, names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => names.includes(name)));
}

/** The phases that the runner has noted by now. */
export function readPhases(directory: string): Phase[] {
  return readJson<Phase[]>(join(directory, PHASES_FILE)) ?? [];
}

/** What the runner left when it was done. */
export function readResult(directory: string): Result | undefined {
  return readJson<Result>(join(directory, RESULT_FILE));
}

/** Removes what only a running build needs; its reports stay. */
export async function clear(directory: string): Promise<void> {
  const names = [...SCRATCH, 'artifacts', JOB_FILE, PHASES_FILE, RESULT_FILE];
  await Promise.all(names.map(name => rm(join(directory, name), { recursive: true, force: true })));
  if (!existsSync(join(directory, 'reports'))) await rm(directory, { recursive: true, force: true });
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
