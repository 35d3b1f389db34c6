/** Removes the comments of posts that were deleted: `node sweep.js`, every day by the schedule in service.yaml. */
import { ConfigError, runCommand } from '@slipway/service-kit';
import { readTables } from '../config.ts';
import { openStores } from '../stores.ts';
import { sweep } from '../sweep.ts';

runCommand(process, async ({ env }) => {
  const tables = readTables(env);
  if (tables === undefined) throw new ConfigError('TABLE_POSTS and TABLE_COMMENTS must name the tables.');
  const { posts, comments } = await openStores(tables);
  console.log(`Deleted posts swept up after: ${await sweep(posts, comments, new Date())}`);
});
