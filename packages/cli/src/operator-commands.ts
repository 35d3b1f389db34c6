import type { Command } from 'commander';
import { profileOption } from './aws-commands.ts';
import { positive, stateOption, targetOption } from './options.ts';
import type { Run } from './world.ts';

/** Operating what is released, here or with `--target aws`. */
export function addOperatorCommands(program: Command, run: Run): void {
  program.commandsGroup('Operate, here or with --target aws:');
  const operate = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .addOption(targetOption())
      .addOption(profileOption())
      .addOption(stateOption());

  operate('status', 'what is live where, what the pipelines do, what waits for whom')
    .option('--json', 'the same as JSON', false)
    .action(options => run(async world => (await import('./commands/status.ts')).status(world, options)));

  operate('wait', 'wait for a commit: exit 0 live, 1 failed, 3 waiting for approval, 4 overtaken')
    .argument('[commit]', 'a commit, HEAD if left out')
    .option('--timeout <seconds>', 'give up after', positive, 1800)
    .action((commit, options) =>
      run(async world => (await import('./commands/wait.ts')).wait(world, { ...options, commit })),
    );

  operate('approve', 'show what would change, and let it go on')
    .argument('<service>', 'a service, or platform')
    .option('--comment <text>', 'kept with the approval')
    .option('--stage <name>', 'which approval, where several wait')
    .action((service, options) =>
      run(async world => (await import('./commands/approve.ts')).approve(world, { ...options, service })),
    );

  operate('reject', 'show what would change, and stop it')
    .argument('<service>', 'a service, or platform')
    .requiredOption('--reason <text>', 'why, for whoever pushed it')
    .option('--stage <name>', 'which approval, where several wait')
    .action((service, options) =>
      run(async world => (await import('./commands/approve.ts')).reject(world, { ...options, service })),
    );

  operate('retry', 'run the failed stage of the newest release again; exit codes as wait')
    .argument('<service>', 'a service, or platform')
    .option('--lift-protection', 'delete what a failed first creation left although it is protected', false)
    .action((service, options) =>
      run(async world => (await import('./commands/retry.ts')).retry(world, { ...options, service })),
    );

  operate('rollback', 'bring an earlier version back, through the same cut-over')
    .argument('<service>')
    .option('--to <version>', 'a commit or a task definition revision; the previous version if left out')
    .option('--environment <name>', 'where', 'production')
    .action((service, options) =>
      run(async world => (await import('./commands/rollback.ts')).rollback(world, { ...options, service })),
    );

  operate('remove', 'drain and delete a service whose directory is gone; its data is kept')
    .argument('<service>')
    .option('--yes', 'without being asked', false)
    .action((service, options) =>
      run(async world => (await import('./commands/remove.ts')).remove(world, { ...options, service })),
    );

  operate('logs', 'what the tasks of a service write, or its newest build')
    .argument('<service>', 'a service; with --build also platform')
    .option('--environment <name>', 'where', 'production')
    .option('--since <minutes>', 'how far to look back', positive, 60)
    .option('--follow', 'go on with what is written next', false)
    .option('--build', 'the log of the newest build instead', false)
    .action((service, options) =>
      run(async world => (await import('./commands/logs.ts')).logs(world, { ...options, service })),
    );

  operate('run', 'run one task once: what is live, or a command in its image; exits as it does')
    .argument('<service>')
    .argument('[command...]', "in place of the service's own; after --")
    .option('--environment <name>', 'where', 'staging')
    .option('--public', 'with a public address, on port 80', false)
    .action((service, command, options) =>
      run(async world =>
        (await import('./commands/run.ts')).runOnce(world, { ...options, service, command }),
      ),
    );

  operate('open', 'print the address of a service, and open it in a browser on a terminal')
    .argument('[service]', 'all of them if left out')
    .option('--environment <name>', 'where', 'production')
    .action((service, options) =>
      run(async world => (await import('./commands/open.ts')).open(world, { ...options, service })),
    );
}
