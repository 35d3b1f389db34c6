import type { Command } from 'commander';
import type { Run } from './world.ts';

/** What the buildspecs call; they read the standard AWS environment. */
export function addBuildCommands(program: Command, run: Run): void {
  program.commandsGroup('Called by the buildspecs:');
  program
    .command('plan')
    .description('decide what a commit affects; start it unless the definition changed')
    .requiredOption('--commit <sha>')
    .option('--out <file>', 'write shell exports there')
    .action(options => run(async world => (await import('./commands/plan.ts')).plan(world, options)));
  program
    .command('release')
    .description('start the delivery pipelines of what a commit affects')
    .requiredOption('--commit <sha>')
    .action(options => run(async world => (await import('./commands/release.ts')).release(world, options)));
  program
    .command('inputs')
    .description("check a service's contract and print the hash of its build inputs")
    .argument('<service>')
    .action(service => run(async world => (await import('./commands/inputs.ts')).inputs(world, service)));
  program
    .command('shape')
    .description('write what live services recorded of themselves, for a synthesis to compare with')
    .requiredOption('--service <name...>')
    .requiredOption('--out <file>', 'write JSON there')
    .action(options => run(async world => (await import('./commands/shape.ts')).shape(world, options)));
  program
    .command('prepare')
    .description('fill in the files of a release and tell which environments it changes')
    .requiredOption('--service <name>')
    .requiredOption('--commit <sha>')
    .requiredOption('--inputs <hash>')
    .requiredOption('--digest <digest>', 'of the image')
    .requiredOption('--execution <id>', 'of the pipeline')
    .requiredOption('--release <folder>', 'with a folder per environment')
    .requiredOption('--out <file>', 'write shell exports there')
    .action(options => run(async world => (await import('./commands/prepare.ts')).prepare(world, options)));
}
