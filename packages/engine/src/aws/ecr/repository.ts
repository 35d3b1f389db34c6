import { type Digest, isRepositoryName } from '@slipway/oci';
import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { EcrTables, RepositoryRow } from './tables.ts';

type Place = Pick<Context, 'account' | 'region'>;

export type NewRepository = Partial<Omit<RepositoryRow, 'name' | 'createdAt'>> & { name: string };

/** Repositories and what is in them, by AWS's rules. */
export class Repositories {
  readonly #context: Pick<Context, 'account' | 'region' | 'clock' | 'store'>;
  readonly #tables: EcrTables;

  constructor(context: Pick<Context, 'account' | 'region' | 'clock' | 'store'>, tables: EcrTables) {
    this.#context = context;
    this.#tables = tables;
  }

  /** Throws RepositoryAlreadyExistsException, unless the same operation made it before. */
  create({ name, ...given }: NewRepository): RepositoryRow {
    if (name.length < 2 || !isRepositoryName(name)) {
      throw new AwsError(
        'InvalidParameterException',
        `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression'`,
      );
    }
    const known = this.#tables.repositories.get(name);
    if (known !== undefined && known.token !== undefined && known.token === given.token) return known;
    if (known !== undefined) {
      throw new AwsError(
        'RepositoryAlreadyExistsException',
        `The repository with name '${name}' already exists in the registry with id '${this.#context.account}'`,
      );
    }
    const createdAt = this.#context.clock.now();
    const row: RepositoryRow = {
      tagMutability: 'MUTABLE',
      scanOnPush: false,
      tags: [],
      ...given,
      name,
      createdAt,
    };
    this.#tables.repositories.put(name, row);
    return row;
  }

  find(name: string): RepositoryRow | undefined {
    return this.#tables.repositories.get(name);
  }

  /** Throws RepositoryNotFoundException. */
  get(name: string): RepositoryRow {
    const row = this.find(name);
    if (row !== undefined) return row;
    throw new AwsError('RepositoryNotFoundException', unknownRepository(name, this.#context));
  }

  list(): RepositoryRow[] {
    return this.#tables.repositories.values();
  }

  change(name: string, change: (row: RepositoryRow) => RepositoryRow): RepositoryRow {
    this.get(name);
    return this.#tables.repositories.update(name, change);
  }

  /** Throws RepositoryNotEmptyException when there are images, unless told to delete them too. */
  delete(name: string, { force }: { force: boolean }): RepositoryRow {
    const { images, tags, blobs, repositories } = this.#tables;
    const row = this.get(name);
    if (!force && images.keys(`${name}@`).length > 0) {
      throw new AwsError(
        'RepositoryNotEmptyException',
        `The repository with name '${name}' in registry with id '${this.#context.account}' cannot be deleted because it still contains images`,
      );
    }
    this.#context.store.transaction(() => {
      for (const key of images.keys(`${name}@`)) images.delete(key);
      for (const key of tags.keys(`${name}:`)) tags.delete(key);
      for (const key of blobs.keys(`${name}@`)) blobs.delete(key);
      repositories.delete(name);
    });
    return row;
  }

  tagsOf(name: string, digest?: Digest): string[] {
    const rows = this.#tables.tags.values(`${name}:`);
    return rows.filter(row => digest === undefined || row.digest === digest).map(row => row.tag);
  }

  /** Removes an image with its tags. Returns whether it was there. */
  deleteImage(name: string, digest: Digest): boolean {
    const { images, tags } = this.#tables;
    if (images.get(`${name}@${digest}`) === undefined) return false;
    this.#context.store.transaction(() => {
      for (const tag of this.tagsOf(name, digest)) tags.delete(`${name}:${tag}`);
      images.delete(`${name}@${digest}`);
      this.#tell('DELETE', name, digest);
    });
    return true;
  }

  /** Removes a tag, and as in AWS the image with its last tag. Returns what the tag named. */
  deleteTag(name: string, tag: string): Digest | undefined {
    const row = this.#tables.tags.get(`${name}:${tag}`);
    if (row === undefined) return undefined;
    if (this.tagsOf(name, row.digest).length === 1) this.deleteImage(name, row.digest);
    else this.#tables.tags.delete(`${name}:${tag}`);
    return row.digest;
  }

  /** Tells EventBridge. https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html */
  #tell(action: 'PUSH' | 'DELETE', name: string, digest: Digest, tag?: string): void {
    this.#context.store.events.append({
      source: 'aws.ecr',
      'detail-type': 'ECR Image Action',
      resources: [repositoryArn(name, this.#context)],
      detail: {
        'action-type': action,
        result: 'SUCCESS',
        'repository-name': name,
        'image-digest': digest,
        ...(tag === undefined ? {} : { 'image-tag': tag }),
      },
    });
  }

  tellPush(name: string, digest: Digest, tag?: string): void {
    this.#tell('PUSH', name, digest, tag);
  }
}

export function repositoryArn(name: string, place: Place): string {
  return arn('ecr', place, `repository/${name}`);
}

/** AWS's form, which templates and task definitions use; pushing goes to the proxy endpoint. */
export function repositoryUri(name: string, { account, region }: Place): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com/${name}`;
}

export function unknownRepository(name: string, { account }: Pick<Place, 'account'>): string {
  return `The repository with name '${name}' does not exist in the registry with id '${account}'`;
}
