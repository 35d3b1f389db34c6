import { type Command, Option } from 'commander';
import type { Run } from './world.ts';

/** What brings the product to AWS, and takes it away again. */
export function addAwsCommands(program: Command, run: Run): void {
  program.commandsGroup('On AWS:');
  program
    .command('deploy')
    .description(
      'look, show what would be made, and deploy what makes everything else; again: bring it up to date',
    )
    .option('--yes', 'without being asked', false)
    .addOption(profileOption())
    .option('--no-push', 'leave the repository as it is')
    .option('--no-follow', 'do not wait for the release')
    .action(options => run(async world => (await import('./commands/deploy.ts')).deploy(world, options)));

  program
    .command('destroy')
    .description('remove everything that was made in AWS; tables and buckets only with --data')
    .option('--yes <name>', 'without being asked: the name of the product')
    .option(
      '--data',
      'tables, buckets, secrets and the repository as well, after another confirmation',
      false,
    )
    .option('--yes-data <name>', 'without being asked about data: the name of the product')
    .option('--role-arn <arn>', 'a role for CloudFormation, where the role of a stack is gone already')
    .addOption(profileOption())
    .action(options => run(async world => (await import('./commands/destroy.ts')).destroy(world, options)));
}

/** `--profile`, once for all accounts or per account. */
export function profileOption(): Option {
  const collect = (value: string, before: string[]): string[] => [...before, value];
  return new Option('--profile <name>', 'a profile of yours, or <account>=<name>; may be repeated')
    .argParser(collect)
    .default([] as string[], 'as in any AWS tool');
}
