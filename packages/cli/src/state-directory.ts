import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from './errors.ts';

/** The file that names the checkout to which a state directory belongs. */
const OWNER = 'checkout';

/** Where the state of this checkout's engine is: `--state`, or a folder of the user's own keyed by the checkout. */
export function stateDirectory(
  root: string,
  env: Record<string, string | undefined>,
  option?: string,
): string {
  if (option) return resolve(option);
  const home = env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state');
  const key = createHash('sha256').update(realpathSync(root)).digest('hex').slice(0, 10);
  return join(home, 'slipway', `${basename(root)}-${key}`);
}

/**
 * Makes the state directory and marks it as this checkout's. Throws a UserError when it is another checkout's or
 * inside a git work tree (where build caches miss changes).
 */
export function claimStateDirectory(state: string, root: string): void {
  const tree = workTreeAbove(state);
  if (tree) {
    throw new UserError(
      `The state directory ${state} lies inside the git work tree ${tree}: choose one outside.`,
    );
  }
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const marker = join(state, OWNER);
  const owner = existsSync(marker) ? readFileSync(marker, 'utf8').trim() : undefined;
  if (owner !== undefined && owner !== realpathSync(root)) {
    throw new UserError(
      `The state directory ${state} belongs to the checkout ${owner}: choose another with --state.`,
    );
  }
  writeFileSync(marker, `${realpathSync(root)}\n`);
}

/** The git work tree that a path lies in; undefined when it lies in none. */
export function workTreeAbove(path: string): string | undefined {
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
  }
  return undefined;
}
