import {
  ConfigError,
  type Environment,
  readServiceConfig,
  readTableName,
  type ServiceConfig,
} from '@slipway/service-kit';

export type Config = ServiceConfig & {
  /** The DynamoDB tables; without them everything is kept in memory. */
  readonly tables: Tables | undefined;
  /** What the keys of access tokens are derived from, the one that signs first; without it a key is made up. */
  readonly signingSecrets: readonly [string, ...string[]] | undefined;
  /** The name of the refresh token's cookie: environments may share a host, as they do on a laptop. */
  readonly cookieName: string;
};
export type Tables = { readonly users: string; readonly sessions: string; readonly attempts: string };

/** Reads what this service needs to know. Throws ConfigError. */
export function readConfig(env: Environment): Config {
  return {
    ...readServiceConfig(env),
    tables: readTables(env),
    signingSecrets: readSigningSecrets(env),
    cookieName: `slipway-refresh-${readEnvironmentName(env)}`,
  };
}

/** Returns the names of the tables, all or none. Throws ConfigError. */
export function readTables(env: Environment): Tables | undefined {
  const variables = { users: 'TABLE_USERS', sessions: 'TABLE_SESSIONS', attempts: 'TABLE_ATTEMPTS' } as const;
  const [users, sessions, attempts] = Object.values(variables).map(variable => readTableName(env, variable));
  if (users !== undefined && sessions !== undefined && attempts !== undefined) {
    return { users, sessions, attempts };
  }
  if (users === undefined && sessions === undefined && attempts === undefined) return undefined;
  throw new ConfigError(
    `${Object.values(variables).join(', ')} belong together: set all of them, or none to keep users in memory.`,
  );
}

/** What stands for a secret where a build starts the image once: docs/contract.md. */
const placeholder = 'not-the-secret';
const minSecretLength = 32;

function readSigningSecrets(env: Environment): Config['signingSecrets'] {
  const current = readSecret(env, 'SIGNING_KEY');
  const other = readSecret(env, 'SIGNING_KEY_OTHER');
  if (current !== undefined) return other === undefined ? [current] : [current, other];
  if (other === undefined) return undefined;
  throw new ConfigError('SIGNING_KEY_OTHER is set without SIGNING_KEY, which signs: set that one, too.');
}

/** The message says nothing of the secret, not even its length. */
function readSecret(env: Environment, variable: string): string | undefined {
  const secret = env[variable]?.trim();
  if (!secret || secret === placeholder) return undefined;
  if (secret.length >= minSecretLength) return secret;
  throw new ConfigError(
    `${variable} must have at least ${minSecretLength} characters that nobody can guess.`,
  );
}

function readEnvironmentName(env: Environment): string {
  const name = env.SLIPWAY_ENVIRONMENT?.trim() || 'local';
  if (/^[\w-]{1,40}$/.test(name)) return name;
  throw new ConfigError('SLIPWAY_ENVIRONMENT must be one word of letters, digits and hyphens.');
}
