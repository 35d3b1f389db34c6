import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { UserError } from './errors.ts';
import { processWorld } from './world.ts';

/** Runs one command line; returns the exit code. A UserError is told as its sentence. */
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
    if (!(error instanceof UserError)) throw error;
    world.complain(error.message);
    return error.exitCode;
  }
}

type Run = (command: (world: ReturnType<typeof processWorld>) => Promise<number>) => Promise<void>;

/** The words a user types. Commands are loaded when they are called, so that each starts fast. */
function commands(run: Run): Command {
  const program = new Command('slipway').description(
    'Build, ship and run services with the pipeline as code.',
  );
  program.exitOverride().showHelpAfterError();
  const state = () =>
    new Option('--state <dir>', "the engine's state directory (default: a folder of yours)");
  const target = () =>
    new Option('--target <where>', 'local or aws').choices(['local', 'aws']).default('local');

  program
    .command('start')
    .description('start the engine and release what this checkout has committed; Ctrl-C stops everything')
    .option('--once', 'end when everything is live in production (exit 0) or cannot be', false)
    .option('--speed <n>', 'how many times faster than in AWS waits pass', positive, 60)
    .addOption(
      new Option('--runtime <name>', 'how tasks run').choices(['process', 'docker']).default('process'),
    )
    .addOption(
      new Option('--approve <which>', 'approve by itself').choices(['first', 'all', 'none']).default('first'),
    )
    .addOption(state())
    .option('--json', 'write events as JSON lines', false)
    .action(options => run(async world => (await import('./commands/start.ts')).start(world, options)));

  program
    .command('status')
    .description('what is live where, what the pipelines do, what waits for whom')
    .addOption(target())
    .addOption(state())
    .action(options => run(async world => (await import('./commands/status.ts')).status(world, options)));

  program
    .command('wait')
    .description('wait for a commit: exit 0 live, 1 failed, 3 waiting for approval, 4 overtaken')
    .argument('[commit]', 'a commit, HEAD if left out')
    .option('--timeout <seconds>', 'give up after', positive, 1800)
    .addOption(target())
    .addOption(state())
    .action((commit, options) =>
      run(async world => (await import('./commands/wait.ts')).wait(world, { ...options, commit })),
    );

  program
    .command('follow')
    .description('tell what a push sets going until it has settled; "git push local" shows this')
    .argument('<commit>')
    .addOption(state())
    .action((commit, options) =>
      run(async world => (await import('./commands/follow.ts')).follow(world, { ...options, commit })),
    );

  program
    .command('down')
    .description('stop the engine and everything it started; what was released is kept')
    .addOption(state())
    .action(options => run(async world => (await import('./commands/down.ts')).down(world, options)));

  addBuildCommands(program, run);
  return program;
}

/** What the buildspecs call; they read the standard AWS environment. */
function addBuildCommands(program: Command, run: Run): void {
  program
    .command('plan')
    .description('(build) decide what a commit affects; start it unless the definition changed')
    .requiredOption('--commit <sha>')
    .option('--out <file>', 'write shell exports there')
    .action(options => run(async world => (await import('./commands/plan.ts')).plan(world, options)));
  program
    .command('release')
    .description('(build) start the delivery pipelines of services at a commit')
    .requiredOption('--commit <sha>')
    .requiredOption('--services <names>', 'separated by spaces')
    .action(options => run(async world => (await import('./commands/plan.ts')).release(world, options)));
  program
    .command('inputs')
    .description("(build) print the hash of a service's build inputs")
    .argument('<service>')
    .action(service => run(async world => (await import('./commands/inputs.ts')).inputs(world, service)));
  program
    .command('smoke')
    .description('(build) check a released service through the door of an environment')
    .requiredOption('--service <name>')
    .requiredOption('--environment <name>')
    .option('--commit <sha>', 'the commit that must answer')
    .action(options => run(async world => (await import('./commands/smoke.ts')).smoke(world, options)));
}

function positive(value: string): number {
  const number = Number(value);
  if (Number.isFinite(number) && number >= 1) return number;
  throw new InvalidArgumentError('give a number of at least 1.');
}
