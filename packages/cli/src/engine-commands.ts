import { type Command, Option } from 'commander';
import { profileOption } from './aws-commands.ts';
import { positive, stateOption, targetOption } from './options.ts';
import type { Run } from './world.ts';

/** The engine on this machine. */
export function addEngineCommands(program: Command, run: Run): void {
  program.commandsGroup('On this machine:');
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
    .addOption(stateOption())
    .option('--json', 'write events as JSON lines', false)
    .action(options => run(async world => (await import('./commands/start.ts')).start(world, options)));

  program
    .command('down')
    .description('stop the engine and everything it started; what was released is kept')
    .addOption(stateOption())
    .action(options => run(async world => (await import('./commands/down.ts')).down(world, options)));

  program
    .command('follow')
    .description('tell what a push sets going until it has settled; "git push local" shows this')
    .argument('<commit>')
    .addOption(stateOption())
    .action((commit, options) =>
      run(async world => (await import('./commands/follow.ts')).follow(world, { ...options, commit })),
    );

  program
    .command('doctor')
    .description(
      'look at everything that a start, or with --target aws a deployment, needs; say what is missing',
    )
    .addOption(stateOption())
    .addOption(targetOption())
    .addOption(profileOption())
    .action(options => run(async world => (await import('./commands/doctor.ts')).doctor(world, options)));
}
