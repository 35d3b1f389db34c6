import {
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from '../../core/context.ts';
import type { ProcessSpec } from '../../core/processes.ts';
import { functionEnvironment } from './environment.ts';
import type { Invocation } from './invocation.ts';
import type { LambdaPorts } from './ports.ts';
import {
  JOB_FILE,
  type Job,
  LOADED_FILE,
  MAX_ANSWER_BYTES,
  RESULT_FILE,
  type RunResult,
} from './runner/job.ts';
import { sdkPackages } from './sdk.ts';

const RUNNER = fileURLToPath(new URL('./runner/main.ts', import.meta.url));
/** A result is the answer as a JSON string in JSON: at worst every byte is written as six. */
const MAX_RESULT_BYTES = 6 * MAX_ANSWER_BYTES + 1024;

/** An invocation that is to run: its function, process and log stream are chosen. */
export type Run = Invocation & Required<Pick<Invocation, 'definition' | 'process' | 'log'>>;

/** A run's own directory: `task` holds the code, `work` what goes in and comes out. */
function placeOf(context: Context, { process }: Pick<Run, 'process'>): string {
  return join(context.state, 'lambda', process);
}

/**
 * Makes the directory anew and returns the process that carries the run out. Node's permission model keeps the code to
 * that directory and the SDK: the engine's state, the user's files, child processes and threads are refused.
 * https://nodejs.org/docs/latest-v24.x/api/permissions.html
 */
export function prepare(
  context: Context,
  ports: LambdaPorts,
  run: Run,
  given: { code: string; event: string },
): ProcessSpec {
  const directory = placeOf(context, run);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'work', 'tmp'), { recursive: true, mode: 0o700 });
  const work = join(realpathSync(directory), 'work');
  const task = join(realpathSync(directory), 'task');
  const packages = sdkPackages();
  writeTask(task, given.code, packages);
  const { definition, log } = run;
  const job: Job = {
    requestId: run.id,
    functionName: definition.name,
    functionArn: definition.arn,
    handler: definition.handler.slice(definition.handler.indexOf('.') + 1),
    code: task,
    event: given.event,
    timeoutMs: definition.timeoutSeconds * 1000,
    memoryMiB: definition.memoryMiB,
    log,
    variables: definition.environment,
  };
  writeFileSync(join(work, JOB_FILE), JSON.stringify(job), { mode: 0o600 });
  const readable = [dirname(RUNNER), task, packages.root, work];
  const { node } = ports.options;
  return {
    id: run.process,
    command: [
      node,
      '--no-warnings',
      `--max-old-space-size=${definition.memoryMiB}`,
      '--permission',
      // Later versions of Node refuse the network, too, unless it is allowed.
      ...(process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : []),
      ...readable.map(path => `--allow-fs-read=${path}`),
      `--allow-fs-write=${work}`,
      RUNNER,
      join(work, JOB_FILE),
    ],
    cwd: task,
    env: functionEnvironment(ports, run, { task, temporary: join(work, 'tmp') }),
    output: ports.logs.file(log.group, log.stream),
  };
}

/** The code, and beside it what its `require` and `import` find: the SDK and nothing else. */
function writeTask(task: string, code: string, packages: ReturnType<typeof sdkPackages>): void {
  const modules = join(task, 'node_modules');
  mkdirSync(modules, { recursive: true, mode: 0o700 });
  for (const scope of packages.scopes) symlinkSync(join(packages.root, scope), join(modules, scope));
  // CommonJS by word: the type of a package above the state directory must not decide it.
  writeFileSync(join(task, 'package.json'), '{"type":"commonjs"}\n', { mode: 0o600 });
  writeFileSync(join(task, 'index.js'), code, { mode: 0o600 });
}

/** Whether the code has been loaded. */
export function isLoaded(context: Context, run: Run): boolean {
  return lstatSync(join(placeOf(context, run), 'work', LOADED_FILE), { throwIfNoEntry: false }) !== undefined;
}

/** What the run left; undefined when it left nothing that is a result. The code may have written it, so it is checked. */
export function readResult(context: Context, run: Run): RunResult | undefined {
  const file = join(placeOf(context, run), 'work', RESULT_FILE);
  try {
    const found = lstatSync(file);
    if (!found.isFile() || found.size > MAX_RESULT_BYTES) return undefined;
    return checkResult(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function checkResult(value: Partial<Record<string, unknown>> | null): RunResult | undefined {
  if (value?.status === 'succeeded' && typeof value.answer === 'string')
    return { status: 'succeeded', answer: value.answer };
  const { errorType, errorMessage, trace } = (value?.error ?? {}) as Record<string, unknown>;
  if (value?.status !== 'failed' || typeof errorMessage !== 'string') return undefined;
  const lines = Array.isArray(trace) ? { trace: trace.map(String) } : {};
  return { status: 'failed', error: { errorType: String(errorType), errorMessage, ...lines } };
}

/** Removes what only the run needed. */
export function clear(context: Context, run: Pick<Run, 'process'>): void {
  rmSync(placeOf(context, run), { recursive: true, force: true });
}
