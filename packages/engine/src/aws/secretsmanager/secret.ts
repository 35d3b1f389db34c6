import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { Table } from '../../core/store.ts';

export interface SecretVersion {
  id: string;
  value: string;
  stages: string[];
  /** Epoch milliseconds. */
  created: number;
}

export interface Secret {
  name: string;
  arn: string;
  description?: string;
  created: number;
  changed: number;
  /** When somebody deleted it; it waits for RestoreSecret. */
  deleted?: number;
  /** Oldest first. */
  versions: SecretVersion[];
  /** The token of the CloudFormation operation that made it. */
  madeBy?: string;
}

export interface VersionChoice {
  versionId?: string | undefined;
  versionStage?: string | undefined;
}

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';
const MAX_VERSIONS = 20;
const MAX_VALUE_BYTES = 65_536;

/** The secrets of one account and region. */
export class Secrets {
  readonly #context: Context;
  readonly #table: Table<Secret>;

  constructor(context: Context) {
    this.#context = context;
    this.#table = context.store.table('secretsmanager_secrets');
  }

  all(): Secret[] {
    return this.#table.values();
  }

  /** By name, ARN, or ARN without its last seven characters; also one that was deleted and can be restored. */
  find(id: string): Secret | undefined {
    const marker = ':secret:';
    if (!id.startsWith('arn:')) return this.#table.get(id);
    const tail = id.slice(id.indexOf(marker) + marker.length);
    return this.all().find(secret => secret.arn === id) ?? this.#table.get(tail);
  }

  /** @throws {AwsError} ResourceNotFoundException, InvalidRequestException for one that was deleted */
  require(id: string): Secret {
    const secret = this.find(id);
    if (!secret) throw notFound('secret');
    if (secret.deleted !== undefined) {
      throw new AwsError(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    return secret;
  }

  /** The version that is asked for, the current one unless told. @throws {AwsError} as `require` */
  version(id: string, { versionId, versionStage }: VersionChoice = {}): SecretVersion {
    const stage = versionStage ?? (versionId === undefined ? CURRENT : undefined);
    const found = this.require(id).versions.find(
      each =>
        (versionId === undefined || each.id === versionId) &&
        (stage === undefined || each.stages.includes(stage)),
    );
    if (!found) throw notFound(`secret value for staging label: ${stage ?? versionId}`);
    return found;
  }

  /** @throws {AwsError} ResourceExistsException, InvalidParameterException */
  create(
    name: string,
    { value, description, madeBy }: Partial<Pick<Secret, 'description' | 'madeBy'>> & { value?: string },
  ): Secret {
    if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name))
      throw new AwsError(
        'InvalidParameterException',
        'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
      );
    const existing = this.#table.get(name);
    if (existing && (existing.madeBy === undefined || existing.madeBy !== madeBy)) {
      throw existing.deleted === undefined
        ? new AwsError(
            'ResourceExistsException',
            `The operation failed because the secret ${name} already exists.`,
          )
        : new AwsError(
            'InvalidRequestException',
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
          );
    }
    if (existing) return existing;
    const now = this.#context.clock.now();
    const secret: Secret = {
      name,
      arn: arn('secretsmanager', this.#context, `secret:${name}-${this.#context.ids.hex(6)}`),
      created: now,
      changed: now,
      versions: [],
      ...(description === undefined ? {} : { description }),
      ...(madeBy === undefined ? {} : { madeBy }),
    };
    this.#table.put(name, secret);
    return value === undefined ? secret : this.write(name, value);
  }

  /** Makes a text the current version. @throws {AwsError} as `require`, InvalidParameterException */
  write(id: string, value: string): Secret {
    const secret = this.require(id);
    if (Buffer.byteLength(value) > MAX_VALUE_BYTES || value === '')
      throw new AwsError('InvalidParameterException', `SecretString must be 1 to ${MAX_VALUE_BYTES} bytes`);
    const now = this.#context.clock.now();
    const earlier = secret.versions.map(each => ({
      ...each,
      stages: each.stages.includes(CURRENT) ? [PREVIOUS] : each.stages.filter(stage => stage !== PREVIOUS),
    }));
    const version = { id: this.#context.ids.uuid(), value, stages: [CURRENT], created: now };
    return this.#put({ ...secret, changed: now, versions: [...earlier, version].slice(-MAX_VERSIONS) });
  }

  describe(id: string, description: string): Secret {
    return this.#put({ ...this.require(id), description });
  }

  /** Keeps it for RestoreSecret unless it is to go for good. */
  delete(id: string, forGood: boolean): Secret | undefined {
    const secret = this.find(id);
    if (!secret) return undefined;
    if (!forGood) return this.#put({ ...secret, deleted: this.#context.clock.now() });
    this.#table.delete(secret.name);
    return secret;
  }

  /** @throws {AwsError} ResourceNotFoundException */
  restore(id: string): Secret {
    const secret = this.find(id);
    if (!secret) throw notFound('secret');
    const { deleted: _, ...kept } = secret;
    return this.#put(kept);
  }

  #put(secret: Secret): Secret {
    this.#table.put(secret.name, secret);
    return secret;
  }
}

function notFound(what: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified ${what}.`);
}
