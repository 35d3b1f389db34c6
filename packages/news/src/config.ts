import {
  type Environment,
  readServiceConfig,
  readServiceUrl,
  readTableName,
  type ServiceConfig,
} from '@slipway/service-kit';

export type Config = ServiceConfig & {
  /** The DynamoDB table of the newsroom; without it articles are kept in memory. */
  readonly newsroomTable: string | undefined;
  /** Where user is, whose keys tell who may write; without it nobody may. */
  readonly userUrl: string | undefined;
};

/** Reads what this service needs to know. Throws ConfigError. */
export function readConfig(env: Environment): Config {
  return {
    ...readServiceConfig(env),
    newsroomTable: readTableName(env, 'TABLE_NEWSROOM'),
    userUrl: readServiceUrl(env, 'user'),
  };
}
