/** The program of one build: `node main.ts <job file>`. It needs no engine, so a build survives the engine's end. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runBuild } from './build.ts';
import { ContainerLog } from './container-log.ts';
import { Aborted } from './failure.ts';
import { type Job, RESULT_FILE, type Result } from './job.ts';
import { Journal, writeWhole } from './journal.ts';
import { SCRATCH, sourceDirectory } from './places.ts';
import { SourceTrees } from './source-trees.ts';
import { workTreeAround } from './work-tree.ts';

const job = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Job;
const now = Date.now;
const log = new ContainerLog(now);
const called = new AbortController();

/** Everything of this build but its shim, which lives through SIGTERM, is asked to end. */
function callOff(status: 'STOPPED' | 'TIMED_OUT'): void {
  if (called.signal.aborted) return;
  called.abort(new Aborted(status));
  process.kill(0, 'SIGTERM');
}

process.on('SIGTERM', () => callOff('STOPPED'));
setTimeout(() => callOff('TIMED_OUT'), job.timeoutMs).unref();

const result = await build();
writeWhole(join(job.directory, RESULT_FILE), JSON.stringify(result));
// What is left in the group ends with the shim; what is left on disk goes now, while nobody waits for it.
if (job.sources.length > 0 && (result.status === 'SUCCEEDED' || result.status === 'FAILED')) leaveSources();
for (const name of SCRATCH) remove(join(job.directory, name));
process.exit(0);

function leaveSources(): void {
  try {
    new SourceTrees(job.sourceTrees).give(sourceDirectory(job), job.id.replace(/.*:/, ''));
  } catch (error) {
    log.line(`could not keep the sources for the next build: ${String(error)}`);
  }
}

/** A command that outlives the build may still write; the engine looks after what it leaves. */
function remove(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch (error) {
    log.line(`could not remove ${directory}: ${String(error)}`);
  }
}

async function build(): Promise<Result> {
  const around = workTreeAround(job.directory);
  const nothing = { exportedVariables: {}, reports: [], artifacts: [] };
  if (around !== undefined) {
    const message = `builds must not run inside a git work tree, and ${job.directory} is in ${around}; choose another state directory`;
    log.line(message);
    return { ...nothing, status: 'FAULT', message, end: now() };
  }
  try {
    const journal = new Journal({ directory: job.directory, log, now });
    return await runBuild({ job, journal, now, signal: called.signal, node: process.execPath });
  } catch (error) {
    log.line(`The runner failed: ${error instanceof Error ? error.stack : String(error)}`);
    return { ...nothing, status: 'FAULT', message: `the runner failed: ${String(error)}`, end: now() };
  }
}
