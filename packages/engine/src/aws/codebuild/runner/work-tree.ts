import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The git work tree that holds `directory`, or undefined. Inside one, turbo asks git what changed, hears "ignored",
 * and reports results of other sources: builds must run outside.
 */
export function workTreeAround(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return undefined;
  }
}
