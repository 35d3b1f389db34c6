import { execFile } from 'node:child_process';

/** How git is started: the same for everybody, whatever the user's own configuration says. */
export interface GitProgram {
  /** Where `git` and the tools beside it are looked for, as in `PATH`. */
  path: string;
}

export interface GitCall {
  program: GitProgram;
  /** The repository's directory. */
  repository: string;
  args: string[];
}

export class GitError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.name = 'GitError';
    this.exitCode = exitCode;
  }
}

const LONGEST_OUTPUT = 64 * 1024 * 1024;

/** The environment of every git process: no configuration of user or system, no prompts, one language, one time zone. */
export function gitEnvironment(program: GitProgram, repository: string): Record<string, string> {
  return {
    PATH: program.path,
    HOME: repository,
    LANG: 'C',
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: repository,
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
  };
}

/** What git printed. Throws a {@link GitError} with git's own words when it fails. */
export function git({ program, repository, args }: GitCall): Promise<string> {
  const options = {
    cwd: repository,
    env: gitEnvironment(program, repository),
    maxBuffer: LONGEST_OUTPUT,
    encoding: 'utf8' as const,
  };
  return new Promise((resolve, reject) => {
    execFile('git', args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const code = typeof error.code === 'number' ? error.code : -1;
      reject(new GitError(`git ${args[0]}: ${stderr.trim() || error.message}`, code));
    });
  });
}
