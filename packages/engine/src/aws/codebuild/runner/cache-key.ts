import { hashFiles } from './hash.ts';

/** `$(codebuild-hash-files package-lock.json)`, its patterns plain words. */
const HASH = /\$\(codebuild-hash-files((?: [\w./@*-]+)+)\)/g;

/**
 * A cache key with its commands and variables filled in. What every key says is answered here, which spares two
 * processes a build; anything else is asked of the shell.
 */
export async function fillKey(
  key: string,
  source: string,
  ask: (command: string) => Promise<string>,
): Promise<string> {
  const filled = key.replace(
    HASH,
    (command, patterns: string) => hashFiles(source, patterns.trim().split(' ')) ?? command,
  );
  if (!/[$`\\\n]/.test(filled)) return filled.trim();
  return (await ask(`cat <<CODEBUILD_CACHE_KEY\n${filled}\nCODEBUILD_CACHE_KEY`)).trim();
}
