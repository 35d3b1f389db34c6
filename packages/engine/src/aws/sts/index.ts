import type { Api, Caller } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { StsPorts } from './ports.ts';

export type { StsPorts } from './ports.ts';

// biome-ignore lint/suspicious/noExplicitAny: each operation checks what it takes
type Input = any;

/** Who calls, and sessions of roles. https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html */
export function createSts(context: Context, ports: StsPorts): { api: Api } {
  return {
    api: {
      service: 'sts',
      protocol: 'query',
      xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/',
      operations: {
        GetCallerIdentity: (_input: Input, caller: Caller) => identify(caller, ports),
        AssumeRole: (input: Input, caller: Caller) => assumeRole(input, caller, context, ports),
      },
    },
  };
}

/** The role session that the access key is of; any other key is the account's own. */
function identify(
  { account, accessKeyId }: Caller,
  ports: StsPorts,
): { UserId: string; Account: string; Arn: string } {
  const session = ports.session(accessKeyId);
  const role = session?.roleArn ? ports.role(session.roleArn) : undefined;
  if (!session || !role) return { UserId: account, Account: account, Arn: `arn:aws:iam::${account}:root` };
  const name = sessionName(session.name);
  return { UserId: `${role.id}:${name}`, Account: account, Arn: assumedRole(account, role.name, name) };
}

function assumeRole(input: Input, caller: Caller, context: Context, ports: StsPorts): object {
  const roleArn = text(input, 'RoleArn', /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/);
  const name = text(input, 'RoleSessionName', /^[\w+=,.@-]{2,64}$/);
  const duration = Number(input.DurationSeconds ?? 3600);
  if (!Number.isInteger(duration) || duration < 900 || duration > 43_200) {
    throw new AwsError('ValidationError', 'DurationSeconds must be between 900 and 43200');
  }
  const role = ports.role(roleArn);
  if (!role) {
    const { Arn } = identify(caller, ports);
    throw new AwsError(
      'AccessDenied',
      `User: ${Arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      403,
    );
  }
  const given = ports.credentials(roleArn, `${role.name}/${name}`);
  return {
    Credentials: {
      AccessKeyId: given.AWS_ACCESS_KEY_ID,
      SecretAccessKey: given.AWS_SECRET_ACCESS_KEY,
      SessionToken: given.AWS_SESSION_TOKEN,
      Expiration: new Date(context.clock.now() + duration * 1000),
    },
    AssumedRoleUser: {
      AssumedRoleId: `${role.id}:${name}`,
      Arn: assumedRole(caller.account, role.name, name),
    },
  };
}

function assumedRole(account: string, role: string, session: string): string {
  return `arn:aws:sts::${account}:assumed-role/${role}/${session}`;
}

/** What a session is called within its role: AWS allows letters, digits and `+=,.@_-`, at most 64. */
function sessionName(name: string): string {
  return name
    .slice(name.lastIndexOf('/') + 1)
    .replace(/[^\w+=,.@-]/g, '-')
    .slice(-64);
}

function text(input: Input, member: string, pattern: RegExp): string {
  const value: unknown = input?.[member];
  if (typeof value === 'string' && value.length <= 2048 && pattern.test(value)) return value;
  throw new AwsError('ValidationError', `1 validation error detected: Value at '${member}' is not valid`);
}
