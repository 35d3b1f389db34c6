import type { Context } from '../../core/context.ts';
import { s3Error } from './errors.ts';
import type { BucketRow, S3Tables } from './tables.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const namePattern = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export function isBucketName(name: string): boolean {
  return namePattern.test(name);
}

export class Buckets {
  readonly #clock: Context['clock'];
  readonly #tables: S3Tables;

  constructor({ clock }: Pick<Context, 'clock'>, tables: S3Tables) {
    this.#clock = clock;
    this.#tables = tables;
  }

  /** Throws InvalidBucketName, or BucketAlreadyOwnedByYou unless the same operation made it before. */
  create({ name, ...given }: { name: string } & Partial<BucketRow>): BucketRow {
    if (!isBucketName(name)) throw s3Error('InvalidBucketName');
    const known = this.#tables.buckets.get(name);
    if (known !== undefined && (known.token === undefined || known.token !== given.token)) {
      throw s3Error('BucketAlreadyOwnedByYou');
    }
    const row: BucketRow = known ?? { ...given, name, createdAt: this.#clock.now() };
    this.#tables.buckets.put(name, row);
    return row;
  }

  find(name: string): BucketRow | undefined {
    return this.#tables.buckets.get(name);
  }

  /** Throws NoSuchBucket. */
  get(name: string): BucketRow {
    const row = this.find(name);
    if (row === undefined) throw s3Error('NoSuchBucket');
    return row;
  }

  list(): BucketRow[] {
    return this.#tables.buckets.values();
  }

  change(name: string, change: (row: BucketRow) => BucketRow): void {
    this.get(name);
    this.#tables.buckets.update(name, change);
  }

  /** Throws BucketNotEmpty. Uploads that were begun go with the bucket. */
  delete(name: string): void {
    this.get(name);
    if (this.#tables.objects.keys(`${name}/`).length > 0) throw s3Error('BucketNotEmpty');
    this.#tables.buckets.delete(name);
  }
}
