import { ConfigError, type Environment } from './config.ts';

/** What `runCommand` needs of the process. */
export type CommandProcess = {
  readonly env: Environment;
  readonly argv: readonly string[];
  readonly stderr: { write(text: string): unknown };
  exitCode?: number | string | null | undefined;
};

/** A command that an operator or a schedule runs in the service's image; its answer is the exit code, 0 if none. */
export type Command = (asked: {
  env: Environment;
  args: readonly string[];
}) => Promise<number | undefined> | Promise<void>;

/** Runs a command once. A configuration error is one sentence; every error is exit code 1. */
export function runCommand(host: CommandProcess, command: Command): Promise<void> {
  return (async () => command({ env: host.env, args: host.argv.slice(2) }))().then(
    code => {
      host.exitCode = code ?? 0;
    },
    error => {
      host.stderr.write(`${error instanceof ConfigError ? error.message : describeBug(error)}\n`);
      host.exitCode = 1;
    },
  );
}

/** Says all that is known of an error that nobody expected. */
export function describeBug(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
