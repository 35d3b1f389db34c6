import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from './errors.ts';

const run = promisify(execFile);

/**
 * The turbo hash of each service's build: its own files, the workspace packages it uses and its part of the lock
 * file. Equal hashes mean that a build would make the same image.
 */
export async function buildInputs(root: string, services: string[]): Promise<Record<string, string>> {
  if (services.length === 0) return {};
  const turbo = join(root, 'node_modules', '.bin', 'turbo');
  const filters = services.map(service => `--filter=@slipway/${service}`);
  const { stdout } = await run(turbo, ['run', 'build', '--dry=json', ...filters], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  }).catch(error => {
    throw new UserError(
      `turbo could not tell the build's inputs: ${String(error.stderr || error.message).trim()}`,
    );
  });
  const { tasks } = JSON.parse(stdout) as { tasks: { taskId: string; hash: string }[] };
  return Object.fromEntries(
    services.map(service => {
      const task = tasks.find(each => each.taskId === `@slipway/${service}#build`);
      if (!task) throw new UserError(`turbo knows no task build of @slipway/${service}.`);
      return [service, task.hash];
    }),
  );
}
