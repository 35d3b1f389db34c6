import type { Api } from '../../core/api.ts';
import { AwsError } from '../../core/errors.ts';
import type { Secret, Secrets, SecretVersion } from './secret.ts';

// biome-ignore lint/suspicious/noExplicitAny: each operation checks what it takes
type Input = any;

const MAX_RESULTS = 100;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html */
export function createApi(secrets: Secrets): Api {
  return {
    service: 'secretsmanager',
    protocol: 'json-1.1',
    operations: {
      CreateSecret: (input: Input) => {
        const value = optionalText(input, 'SecretString');
        const description = optionalText(input, 'Description');
        const secret = secrets.create(text(input, 'Name'), {
          ...(value === undefined ? {} : { value }),
          ...(description === undefined ? {} : { description }),
        });
        return named(secret, secret.versions.at(-1));
      },
      GetSecretValue: (input: Input) => {
        const id = text(input, 'SecretId');
        const version = secrets.version(id, {
          versionId: optionalText(input, 'VersionId'),
          versionStage: optionalText(input, 'VersionStage'),
        });
        return {
          ...named(secrets.require(id), version),
          SecretString: version.value,
          VersionStages: version.stages,
          CreatedDate: new Date(version.created),
        };
      },
      DescribeSecret: (input: Input) => {
        const secret = secrets.find(text(input, 'SecretId'));
        return describe(secret ?? secrets.require(text(input, 'SecretId')));
      },
      PutSecretValue: (input: Input) => {
        const secret = secrets.write(text(input, 'SecretId'), text(input, 'SecretString'));
        return { ...named(secret, secret.versions.at(-1)), VersionStages: secret.versions.at(-1)!.stages };
      },
      ListSecrets: (input: Input) => {
        const start = Number(input.NextToken ?? 0);
        const size = Number(input.MaxResults ?? MAX_RESULTS);
        if (!Number.isInteger(start) || start < 0)
          throw new AwsError('InvalidNextTokenException', 'The next token is not valid.');
        if (!Number.isInteger(size) || size < 1 || size > MAX_RESULTS)
          throw new AwsError('InvalidParameterException', `MaxResults must be between 1 and ${MAX_RESULTS}`);
        const found = secrets.all().filter(({ deleted }) => deleted === undefined);
        const end = start + size;
        return {
          SecretList: found.slice(start, end).map(describe),
          ...(end < found.length ? { NextToken: String(end) } : {}),
        };
      },
      DeleteSecret: (input: Input) => {
        const id = text(input, 'SecretId');
        const secret = secrets.delete(id, input.ForceDeleteWithoutRecovery === true) ?? secrets.require(id);
        return {
          ARN: secret.arn,
          Name: secret.name,
          DeletionDate: new Date(secret.deleted ?? secret.changed),
        };
      },
      RestoreSecret: (input: Input) => {
        const { arn: ARN, name: Name } = secrets.restore(text(input, 'SecretId'));
        return { ARN, Name };
      },
    },
  };
}

function named({ arn, name }: Secret, version?: SecretVersion): object {
  return { ARN: arn, Name: name, ...(version ? { VersionId: version.id } : {}) };
}

function describe(secret: Secret): object {
  const { description, created, changed, deleted, versions } = secret;
  return {
    ...named(secret),
    ...(description === undefined ? {} : { Description: description }),
    ...(deleted === undefined ? {} : { DeletedDate: new Date(deleted) }),
    CreatedDate: new Date(created),
    LastChangedDate: new Date(changed),
    VersionIdsToStages: Object.fromEntries(versions.map(({ id, stages }) => [id, stages])),
  };
}

function text(input: Input, member: string): string {
  const value = optionalText(input, member);
  if (value === undefined) throw new AwsError('InvalidParameterException', `${member} is required`);
  return value;
}

/** Never repeats what was given: it may be the secret. */
function optionalText(input: Input, member: string): string | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new AwsError('InvalidParameterException', `${member} must be a text`);
  return value;
}
