import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from './errors.ts';

const run = promisify(execFile);

/**
 * Synthesizes the definition of the checkout at `root` into `out` and returns `out`; with `validated` by all of its
 * validators, which takes longer. Throws a UserError with what is wrong, and when `signal` came first.
 */
export async function synthesize(
  root: string,
  out: string,
  { validated = false, signal }: { validated?: boolean; signal?: AbortSignal } = {},
): Promise<string> {
  await rm(out, { recursive: true, force: true });
  const program = join(root, 'pipeline', 'bin', 'pipeline.ts');
  const words = ['--out', out, ...(validated ? [] : ['--no-validation'])];
  await run(process.execPath, [program, ...words], { cwd: root, ...(signal && { signal }) }).catch(error => {
    if (signal?.aborted) throw new UserError('Interrupted: nothing was touched.', 130);
    throw new UserError(
      `The definition cannot be synthesized:\n${String(error.stderr || error.message).trim()}`,
    );
  });
  return out;
}
