import {
  ConfigError,
  type Environment,
  readBucketName,
  readServiceConfig,
  readText,
  type ServiceConfig,
} from '@slipway/service-kit';

export type Config = ServiceConfig & {
  /** Where the container beside this one tells the feed; without it prices are generated in this process. */
  readonly feedUrl: string | undefined;
  /** The S3 bucket of the snapshots; without it they are kept in memory. */
  readonly snapshotBucket: string | undefined;
};

/** Reads what this service needs to know. Throws ConfigError. */
export function readConfig(env: Environment): Config {
  return {
    ...readServiceConfig(env),
    feedUrl: readFeedUrl(env),
    snapshotBucket: readBucketName(env, 'BUCKET_SNAPSHOTS'),
  };
}

function readFeedUrl(env: Environment): string | undefined {
  const address = readText(env, 'CONTAINER_FEED');
  if (address === undefined) return undefined;
  if (/^[\w.-]+:\d{1,5}$/.test(address)) return `http://${address}`;
  throw new ConfigError(
    `CONTAINER_FEED must be an address such as 127.0.0.1:3001, but it is ${JSON.stringify(address.slice(0, 80))}.`,
  );
}
