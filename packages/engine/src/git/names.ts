import { AwsError } from '../core/errors.ts';

/** A repository's name as CodeCommit takes it: letters, digits, `.`, `_`, `-`, at most 100. Throws AwsError. */
export function checkRepositoryName(name: string): string {
  const plain = typeof name === 'string' && /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(name);
  if (plain && !name.endsWith('.git')) return name;
  throw new AwsError('InvalidRepositoryNameException', `"${name}" is not a valid repository name.`);
}

/** A branch name that git accepts and no shell, path or option can be made of. Throws AwsError. */
export function checkBranchName(name: string): string {
  const plain = typeof name === 'string' && /^[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}$/.test(name);
  if (plain && !/\.\.|\/\/|\/\.|\.lock(\/|$)|[./]$/.test(name)) return name;
  throw new AwsError('InvalidBranchNameException', `"${name}" is not a valid branch name.`);
}

/** A commit id, whole or at least seven digits of it. Throws AwsError. */
export function checkCommitId(id: string): string {
  if (typeof id === 'string' && /^[0-9a-f]{7,64}$/.test(id)) return id;
  throw new AwsError('InvalidCommitIdException', `"${id}" is not a valid commit id.`);
}
