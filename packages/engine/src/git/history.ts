import { renameSync, rmSync } from 'node:fs';
import { AwsError } from '../core/errors.ts';
import { GitError, type GitProgram, git } from './command.ts';
import { checkBranchName, checkCommitId } from './names.ts';

export interface Person {
  name: string;
  email: string;
  /** ISO 8601 with its time zone. */
  date: string;
}

export interface Commit {
  id: string;
  message: string;
  /** The author's name. */
  author: string;
  /** ISO 8601. */
  authorDate: string;
  authoredBy: Person;
  committedBy: Person;
  tree: string;
  parents: string[];
}

export interface Difference {
  changeType: 'A' | 'M' | 'D';
  before?: Blob;
  after?: Blob;
}

export interface Blob {
  blobId: string;
  path: string;
  mode: string;
}

interface Place {
  program: GitProgram;
  /** The bare repository's directory. */
  repository: string;
}

const FORMAT = '--format=%H%x00%B%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%T%x00%P%x01';

/** The commit that the branch is at; undefined while nothing was pushed. */
export async function head(place: Place, branch: string): Promise<string | undefined> {
  const args = [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `refs/heads/${checkBranchName(branch)}`,
  ];
  try {
    return (await git({ ...place, args })).trim();
  } catch (error) {
    if (error instanceof GitError && error.exitCode === 1) return undefined;
    throw error;
  }
}

/** Branch names, in order. */
export async function branches(place: Place): Promise<string[]> {
  const out = await git({ ...place, args: ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads/'] });
  return out.split('\n').filter(Boolean);
}

/** Throws AwsError CommitIdDoesNotExistException. */
export async function commit(place: Place, id: string): Promise<Commit> {
  const whole = await resolve(place, id);
  return parseCommits(
    await git({ ...place, args: ['log', '-1', '--no-show-signature', FORMAT, whole, '--'] }),
  )[0]!;
}

/** Commits reachable from `to` and not from `from`, newest first, at most `limit`. */
export async function log(
  place: Place,
  from: string | undefined,
  to: string,
  limit = 200,
): Promise<Commit[]> {
  const range = from
    ? `${await resolve(place, from)}..${await resolve(place, to)}`
    : await resolve(place, to);
  const args = ['log', `--max-count=${Math.trunc(limit)}`, '--no-show-signature', FORMAT, range, '--'];
  return parseCommits(await git({ ...place, args }));
}

/** A zip of the commit's tree, the same bytes every time, packed quickly rather than small: it is read a few times at most. The file appears whole or not at all. */
export async function archive(place: Place, id: string, file: string): Promise<void> {
  const whole = await resolve(place, id);
  const unfinished = `${file}.new`;
  try {
    await git({ ...place, args: ['archive', '--format=zip', '-1', `--output=${unfinished}`, whole] });
    renameSync(unfinished, file);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** The files that differ between two commits; against the empty tree without `from`. */
export async function differences(place: Place, from: string | undefined, to: string): Promise<Difference[]> {
  const before = from ? await resolve(place, from) : await emptyTree(place);
  const args = [
    'diff-tree',
    '-r',
    '-z',
    '--no-renames',
    '--no-abbrev',
    before,
    await resolve(place, to),
    '--',
  ];
  return parseDifferences(await git({ ...place, args }));
}

async function emptyTree(place: Place): Promise<string> {
  return (await git({ ...place, args: ['hash-object', '-t', 'tree', '/dev/null'] })).trim();
}

async function resolve(place: Place, id: string): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${checkCommitId(id)}^{commit}`];
  try {
    return (await git({ ...place, args })).trim();
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new AwsError('CommitIdDoesNotExistException', `The repository has no commit ${id}.`);
  }
}

function parseCommits(text: string): Commit[] {
  return text
    .split('\x01')
    .map(part => part.replace(/^\n/, ''))
    .filter(Boolean)
    .map(part => {
      const [id, message, an, ae, ad, cn, ce, cd, tree, parents] = part.split('\0') as string[] & {
        length: 10;
      };
      const authoredBy = { name: an!, email: ae!, date: ad! };
      const committedBy = { name: cn!, email: ce!, date: cd! };
      return {
        id: id!,
        message: message!.trimEnd(),
        author: authoredBy.name,
        authorDate: authoredBy.date,
        authoredBy,
        committedBy,
        tree: tree!,
        parents: parents ? parents.split(' ') : [],
      };
    });
}

/** `:100644 100644 <old> <new> M\0path\0…` */
function parseDifferences(text: string): Difference[] {
  const parts = text.split('\0');
  const found: Difference[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [oldMode, newMode, oldId, newId, status] = parts[at]!.slice(1).split(' ');
    const path = parts[at + 1]!;
    const changeType = status === 'A' || status === 'D' ? status : 'M';
    found.push({
      changeType,
      ...(changeType !== 'A' && { before: { blobId: oldId!, path, mode: oldMode! } }),
      ...(changeType !== 'D' && { after: { blobId: newId!, path, mode: newMode! } }),
    });
  }
  return found;
}
