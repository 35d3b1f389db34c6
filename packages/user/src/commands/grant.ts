/** Gives a user a role or takes it: `slipway run user -- node grant.js <e-mail> <role> [--revoke]`. */
import { ConfigError, Problem, runCommand } from '@slipway/service-kit';
import { readTables } from '../config.ts';
import { grantRole } from '../grant.ts';
import { openStores } from '../stores.ts';

void runCommand(process, async ({ env, args }) => {
  const tables = readTables(env);
  if (tables === undefined) {
    throw new ConfigError(
      'There are no tables here: run this in a task of the service, by `slipway run user --`.',
    );
  }
  const { users } = await openStores(tables, () => new Date());
  try {
    const { code, text } = await grantRole(args, users);
    process[code === 0 ? 'stdout' : 'stderr'].write(`${text}\n`);
    return code;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
});
