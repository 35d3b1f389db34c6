/** `codebuild-hash-files <pattern>…`: prints one SHA-256 over the files of the source that match. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { glob } from './glob.ts';

const patterns = process.argv.slice(2);
const root = process.env.CODEBUILD_SRC_DIR ?? process.cwd();
const files = new Set(patterns.flatMap(pattern => glob(root, pattern).map(found => found.path)));
if (files.size === 0) {
  console.error(`codebuild-hash-files: nothing matches ${patterns.join(' ')}`);
  process.exit(1);
}
const hash = createHash('sha256');
for (const file of [...files].sort())
  hash.update(
    createHash('sha256')
      .update(readFileSync(join(root, file)))
      .digest(),
  );
console.log(hash.digest('hex'));
