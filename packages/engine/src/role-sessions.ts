import type { Context } from './core/context.ts';
import type { Credentials } from './core/credentials.ts';

/** A session of a role, as STS would have given it. */
export interface RoleSession {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  roleArn?: string;
  /** What the session is for: a task, a build. */
  name: string;
}

export interface RoleSessions extends Credentials {
  /** The session that an access key is of; undefined for a key that the engine has not given. */
  session(accessKeyId: string): RoleSession | undefined;
}

/** Services that answer at an address of their own, and where, as soon as they do. */
export interface OwnAddresses {
  dynamodb(): string | undefined;
}

/** Gives tasks and builds the credentials of their own role, the same again for the same session. */
export function createRoleSessions(context: Context, own: OwnAddresses): RoleSessions {
  const sessions = context.store.table<RoleSession>('sts_sessions');
  const keyOf = context.store.table<string>('sts_session_keys');
  return {
    session: accessKeyId => sessions.get(accessKeyId),
    environment: (roleArn, name) => {
      const known = sessions.get(keyOf.get(name) ?? '');
      const session = known && known.roleArn === roleArn ? known : newSession(context, roleArn, name);
      const dynamodb = own.dynamodb();
      context.store.transaction(() => {
        sessions.put(session.accessKeyId, session);
        keyOf.put(name, session.accessKeyId);
      });
      return {
        AWS_ACCESS_KEY_ID: session.accessKeyId,
        AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
        AWS_SESSION_TOKEN: session.sessionToken,
        AWS_REGION: context.region,
        AWS_DEFAULT_REGION: context.region,
        AWS_ENDPOINT_URL: context.endpoint(),
        ...(dynamodb && { AWS_ENDPOINT_URL_DYNAMODB: dynamodb }),
        // An engine that was killed is back in a second or two: the SDKs wait that long instead of failing at once.
        AWS_MAX_ATTEMPTS: '10',
      };
    },
  };
}

function newSession({ ids }: Context, roleArn: string | undefined, name: string): RoleSession {
  return {
    accessKeyId: `ASIA${ids.hex(16).toUpperCase()}`,
    secretAccessKey: ids.hex(40),
    sessionToken: ids.hex(64),
    ...(roleArn ? { roleArn } : {}),
    name,
  };
}
