import { Command, CommanderError } from 'commander';
import { addAwsCommands } from './aws-commands.ts';
import { addBuildCommands } from './build-commands.ts';
import { addEngineCommands } from './engine-commands.ts';
import { asUserError } from './errors.ts';
import { addOperatorCommands } from './operator-commands.ts';
import { processWorld, type Run } from './world.ts';

/** Runs one command line; returns the exit code. What the user can mend is told as a sentence. */
export async function main(args: string[]): Promise<number> {
  const world = processWorld();
  let code = 0;
  const program = commands(async command => {
    code = await command(world);
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    const told = asUserError(error);
    if (!told) throw error;
    world.complain(told.message);
    return told.exitCode;
  }
}

/** The words a user types. Commands are loaded when they are called, so that each starts fast. */
export function commands(run: Run): Command {
  const program = new Command('slipway').description(
    'Build, ship and run services with the pipeline as code.',
  );
  program.exitOverride().showHelpAfterError();
  addEngineCommands(program, run);
  addOperatorCommands(program, run);
  addAwsCommands(program, run);
  addBuildCommands(program, run);
  return program;
}
