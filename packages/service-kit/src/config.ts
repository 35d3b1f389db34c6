/** Variables as a process is given them; only `main.ts` reads the real ones. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What every service needs to know before it listens. */
export type ServiceConfig = {
  /** Address to listen on: every interface unless `HOST` says otherwise, as a container needs. */
  readonly host: string;
  /** Port to listen on; 0 lets the system choose. */
  readonly port: number;
  readonly development: boolean;
  readonly logLevel: LogLevel;
  /** How long nothing may happen after SIGTERM before the process counts as idle. */
  readonly drainQuietMs: number;
  /** How long after SIGTERM the process ends at the latest; below ECS's stop timeout of 30 s. */
  readonly drainLimitMs: number;
};

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A variable that cannot be used; its message is one sentence for the person who set it. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
  override readonly name = 'ConfigError';
}

/** Reads the variables that all services share. Throws ConfigError. */
export function readServiceConfig(env: Environment): ServiceConfig {
  const development = env.NODE_ENV === 'development';
  return {
    host: readText(env, 'HOST') ?? '0.0.0.0',
    port: readWholeNumber(env, 'PORT', { fallback: 3000, max: 65_535 }),
    development,
    logLevel: readLogLevel(env),
    drainQuietMs: readWholeNumber(env, 'DRAIN_QUIET_MS', { fallback: development ? 0 : 1000, max: 60_000 }),
    drainLimitMs: readWholeNumber(env, 'DRAIN_LIMIT_MS', {
      fallback: development ? 1000 : 25_000,
      max: 115_000,
    }),
  };
}

/** Returns the name of a DynamoDB table, or nothing where the variable is not set. Throws ConfigError. */
export function readTableName(env: Environment, variable: string): string | undefined {
  const name = readText(env, variable);
  if (name !== undefined && !/^[A-Za-z0-9_.-]{3,255}$/.test(name)) {
    throw new ConfigError(`${variable} must be the name of a DynamoDB table, but it is ${quote(name)}.`);
  }
  return name;
}

/** Returns the name of an S3 bucket, or nothing where the variable is not set. Throws ConfigError. */
export function readBucketName(env: Environment, variable: string): string | undefined {
  const name = readText(env, variable);
  if (name !== undefined && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
    throw new ConfigError(`${variable} must be the name of an S3 bucket, but it is ${quote(name)}.`);
  }
  return name;
}

/**
 * Returns the address of a service that service.yaml names in `calls`, its path included (`http://…/users`), such as
 * `readServiceUrl(env, 'user')`, or nothing where the variable (`SERVICE_USER_URL`) is not set. Throws ConfigError.
 */
export function readServiceUrl(env: Environment, service: string): string | undefined {
  const variable = `SERVICE_${service.toUpperCase().replaceAll('-', '_')}_URL`;
  const text = readText(env, variable);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.username !== '') {
    throw new ConfigError(`${variable} must be an http address, but it is ${quote(text)}.`);
  }
  return text.replace(/\/+$/, '');
}

/** Returns a variable's text without the spaces around it, or nothing where it is not set or empty. */
export function readText(env: Environment, variable: string): string | undefined {
  const text = env[variable]?.trim();
  return text === '' ? undefined : text;
}

function readWholeNumber(
  env: Environment,
  variable: string,
  range: { fallback: number; max: number },
): number {
  const text = readText(env, variable);
  if (text === undefined) return range.fallback;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number <= range.max) return number;
  throw new ConfigError(
    `${variable} must be a whole number from 0 to ${range.max}, but it is ${quote(text)}.`,
  );
}

function readLogLevel(env: Environment): LogLevel {
  const text = readText(env, 'LOG_LEVEL') ?? 'info';
  const level = logLevels.find(known => known === text);
  if (level !== undefined) return level;
  throw new ConfigError(`LOG_LEVEL must be one of ${logLevels.join(', ')}, but it is ${quote(text)}.`);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
