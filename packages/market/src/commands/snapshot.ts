/** Writes the candles that are over into the bucket, and ends. A schedule runs it every hour. */
import { ConfigError, createLogger, openOutput, runCommand } from '@slipway/service-kit';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import { openFeed, openHistory, waitForFeed } from '../open.ts';
import { takeSnapshots } from '../snapshot-job.ts';

/** How long the container beside this one may take to start, and S3 to answer. */
const feedLimitMs = 20_000;
const snapshotLimitMs = 10_000;

void runCommand(process, async ({ env }) => {
  const config = readConfig(env);
  if (config.snapshotBucket === undefined) {
    throw new ConfigError('BUCKET_SNAPSHOTS is not set: say in which bucket the snapshots are kept.');
  }
  const fields = { service: 'market', environment: env.SLIPWAY_ENVIRONMENT || 'local' };
  const log = createLogger(config, fields, () => new Date(systemClock.now()), openOutput());
  const feed = openFeed(config, systemClock, log);
  try {
    await waitForFeed(feed, systemClock, feedLimitMs);
    const outcome = await takeSnapshots(await openHistory(config, feed, { snapshotLimitMs }));
    log.info(outcome, 'snapshots taken');
  } finally {
    feed.close();
  }
});
