import { type Environment, readServiceConfig, type ServiceConfig } from '@slipway/service-kit';

/** Reads what this service needs to know. Throws ConfigError. */
export function readConfig(env: Environment): ServiceConfig {
  return readServiceConfig(env);
}
