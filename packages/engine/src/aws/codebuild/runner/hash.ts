import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { glob } from './glob.ts';

/** One SHA-256 over the files below `root` that match a pattern, in the order of their names; undefined without any. */
export function hashFiles(root: string, patterns: string[]): string | undefined {
  const files = new Set(patterns.flatMap(pattern => glob(root, pattern).map(found => found.path)));
  if (files.size === 0) return undefined;
  const hash = createHash('sha256');
  for (const file of [...files].sort()) hash.update(sha256(readFileSync(join(root, file))));
  return hash.digest('hex');
}

function sha256(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}
