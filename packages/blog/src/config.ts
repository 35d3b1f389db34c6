import {
  ConfigError,
  type Environment,
  readServiceConfig,
  readServiceUrl,
  readTableName,
  type ServiceConfig,
} from '@slipway/service-kit';

export type Config = ServiceConfig & {
  /** The DynamoDB tables; without them posts and comments are kept in memory. */
  readonly tables: Tables | undefined;
  /** Where the user service is; without it nobody can write. */
  readonly userUrl: string | undefined;
};
export type Tables = { readonly posts: string; readonly comments: string };

/** Reads what this service needs to know. Throws ConfigError. */
export function readConfig(env: Environment): Config {
  return { ...readServiceConfig(env), tables: readTables(env), userUrl: readServiceUrl(env, 'user') };
}

/** Returns the names of the tables: both or none. Throws ConfigError. */
export function readTables(env: Environment): Tables | undefined {
  const posts = readTableName(env, 'TABLE_POSTS');
  const comments = readTableName(env, 'TABLE_COMMENTS');
  if (posts === undefined && comments === undefined) return undefined;
  if (posts !== undefined && comments !== undefined) return { posts, comments };
  throw new ConfigError('TABLE_POSTS and TABLE_COMMENTS must be set both or neither.');
}
