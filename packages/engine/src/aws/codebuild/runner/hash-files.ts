/** `codebuild-hash-files <pattern>…`: prints one SHA-256 over the files of the source that match. */
import { hashFiles } from './hash.ts';

const patterns = process.argv.slice(2);
const hash = hashFiles(process.env.CODEBUILD_SRC_DIR ?? process.cwd(), patterns);
if (hash === undefined) {
  console.error(`codebuild-hash-files: nothing matches ${patterns.join(' ')}`);
  process.exit(1);
}
console.log(hash);
