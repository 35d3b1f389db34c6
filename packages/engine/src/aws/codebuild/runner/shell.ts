import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Aborted } from './failure.ts';

export interface ShellOptions {
  program: 'bash' | 'sh';
  /** Where the state between commands is kept. */
  directory: string;
  /** The working directory of the first command. */
  cwd: string;
  environment: Record<string, string>;
  /** Aborted with an {@link Aborted} when the build is called off. */
  signal: AbortSignal;
}

/** How a command ended: `exit status 1`, `signal: KILL`; undefined when it succeeded. */
export type CommandFailure = string | undefined;

/** How long a command may take to end after SIGTERM; then the build ends and its process group with it. */
const GRACE_MS = 5000;
const LATE_SIGNAL_MS = 30;
const LONGEST_ANSWER = 1024 * 1024;

/**
 * The state that the commands of a build share. As CodeBuild's agent does it, each command is a script of its own
 * between reading and writing the working directory and the exported variables (all variables are, by `set -a`); so
 * `cd` and variables last, while shell options, functions and a failing command's changes do not.
 */
export class Shell {
  readonly #options: ShellOptions;

  constructor(options: ShellOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true });
    writeFileSync(this.#file('cwd'), `${options.cwd}\n`);
    const names = Object.keys(options.environment).filter(name => /^[A-Za-z_]\w*$/.test(name));
    const lines = names.map(name => `export ${name}=${quote(options.environment[name]!)}\n`);
    writeFileSync(this.#file('environment'), lines.join(''), { mode: 0o600 });
  }

  /** Sets a variable for the commands to come. */
  set(name: string, value: string): void {
    writeFileSync(this.#file('environment'), `export ${name}=${quote(value)}\n`, { flag: 'a' });
  }

  /** Runs a command, its output in the runner's own. Throws {@link Aborted} when the build is called off meanwhile. */
  async run(command: string): Promise<CommandFailure> {
    const { status } = await this.#start(command, 'inherit');
    // The signal that calls off the build may have ended the command before this process has seen its own.
    if (status !== undefined) await sleep(LATE_SIGNAL_MS);
    this.#options.signal.throwIfAborted();
    return status;
  }

  /** What a command prints; the state stays as it was. Throws when it fails. */
  async ask(command: string): Promise<string> {
    const { status, output } = await this.#start(`(${command}\n)`, 'pipe');
    if (status !== undefined) throw new Error(`${command}: ${status}`);
    return output;
  }

  /** The variables that are set, by the names asked for. */
  async variables(names: string[]): Promise<Record<string, string>> {
    const known = names.filter(name => /^[A-Za-z_]\w*$/.test(name));
    if (known.length === 0) return {};
    const print = known.map(name => `[ -z "\${${name}+set}" ] || printf '%s=%s\\0' ${name} "$${name}"`);
    const pairs = (await this.ask(print.join('\n'))).split('\0').slice(0, -1);
    return Object.fromEntries(
      pairs.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
  }

  async #start(
    command: string,
    stdout: 'inherit' | 'pipe',
  ): Promise<{ status: CommandFailure; output: string }> {
    const { program, signal } = this.#options;
    signal.throwIfAborted();
    writeFileSync(this.#file('command'), `${command}\n`, { mode: 0o600 });
    writeFileSync(this.#file('run'), this.#script());
    const child = spawn(`/bin/${program}`, [this.#file('run')], {
      env: {},
      stdio: ['ignore', stdout, 'inherit'],
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < LONGEST_ANSWER) output += text;
    });
    const ended = new Promise<{ status: CommandFailure; output: string }>((resolve, reject) => {
      child.on('error', reject);
      child.on(stdout === 'pipe' ? 'close' : 'exit', (code, killed) => {
        resolve({
          status: killed ? `signal: ${killed}` : code === 0 ? undefined : `exit status ${code}`,
          output,
        });
      });
    });
    return this.#unlessAborted(ended);
  }

  /** The command's end; once the build is called off and the command had its chance to end, rejects with the reason. */
  async #unlessAborted<T>(ended: Promise<T>): Promise<T> {
    const { signal } = this.#options;
    let listener = (): void => {};
    const aborted = new Promise<'aborted'>(resolve => {
      listener = () => resolve('aborted');
      if (signal.aborted) listener();
      signal.addEventListener('abort', listener);
    });
    const first = await Promise.race([ended, aborted]);
    signal.removeEventListener('abort', listener);
    if (first !== 'aborted' && !signal.aborted) return first as T;
    await Promise.race([ended, sleep(GRACE_MS, undefined, { ref: false })]);
    throw signal.reason instanceof Aborted ? signal.reason : new Aborted('STOPPED');
  }

  #script(): string {
    const [environment, cwd, command] = ['environment', 'cwd', 'command'].map(name =>
      quote(this.#file(name)),
    );
    const directory = readFileSync(this.#file('cwd'), 'utf8').replace(/\n$/, '');
    return `. ${environment}
cd -- ${quote(directory)} || exit
set -a
. ${command}
set -- "$?"
export -p > ${environment}
pwd > ${cwd}
exit "$1"
`;
  }

  #file(name: string): string {
    return join(this.#options.directory, name);
  }
}

/** `text` as one word of a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
