import { type Environment, readServiceConfig, readTableName, type ServiceConfig } from '@slipway/service-kit';

export type Config = ServiceConfig & {
  /** The DynamoDB table of the users; without it they are kept in memory. */
  readonly usersTable: string | undefined;
};

/** Reads what this service needs to know. Throws ConfigError. */
export function readConfig(env: Environment): Config {
  return { ...readServiceConfig(env), usersTable: readTableName(env, 'TABLE_USERS') };
}
