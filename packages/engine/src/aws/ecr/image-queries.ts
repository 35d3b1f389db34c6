import { type BlobStore, type Digest, readBlob } from '@slipway/oci';
import { AwsError } from '../../core/errors.ts';
import type { Repositories } from './repository.ts';
import type { EcrTables, ImageRow } from './tables.ts';

export interface ImageId {
  imageDigest?: string;
  imageTag?: string;
}

interface Failure {
  imageId: ImageId;
  failureCode: string;
  failureReason: string;
}

/** What can be asked and done about images through ECR's API. */
export class ImageQueries {
  readonly #registryId: string;
  readonly #tables: EcrTables;
  readonly #repositories: Repositories;
  readonly #blobs: BlobStore;

  constructor(registryId: string, tables: EcrTables, repositories: Repositories, blobs: BlobStore) {
    this.#registryId = registryId;
    this.#tables = tables;
    this.#repositories = repositories;
    this.#blobs = blobs;
  }

  /** Image details as DescribeImages gives them. Throws ImageNotFoundException for an id that names nothing. */
  describe(name: string, ids: readonly ImageId[] | undefined, tagStatus: unknown): object[] {
    this.#repositories.get(name);
    const rows = ids === undefined ? this.#all(name, tagStatus) : ids.map(id => this.#require(name, id));
    const unique = [...new Map(rows.map(row => [row.digest, row])).values()];
    return unique.map(row => {
      const imageTags = this.#repositories.tagsOf(name, row.digest);
      return {
        ...{ registryId: this.#registryId, repositoryName: name, imageDigest: row.digest },
        ...(imageTags.length === 0 ? {} : { imageTags }),
        ...{ imageSizeInBytes: row.size, imagePushedAt: new Date(row.pushedAt) },
        ...{ imageManifestMediaType: row.mediaType, artifactMediaType: row.artifactType },
      };
    });
  }

  /** One id per tag, and one for each image without any. */
  list(name: string, tagStatus: unknown): ImageId[] {
    this.#repositories.get(name);
    return this.#all(name, tagStatus).flatMap(({ digest }): ImageId[] => {
      const tags = this.#repositories.tagsOf(name, digest);
      return tags.length === 0
        ? [{ imageDigest: digest }]
        : tags.map(imageTag => ({ imageDigest: digest, imageTag }));
    });
  }

  async batchGet(name: string, ids: readonly ImageId[]): Promise<{ images: object[]; failures: Failure[] }> {
    this.#repositories.get(name);
    const images: object[] = [];
    const failures: Failure[] = [];
    for (const id of ids) {
      const row = this.#find(name, id);
      if (row === undefined) {
        failures.push(notFound(id));
        continue;
      }
      const imageId = {
        imageDigest: row.digest,
        ...(id.imageTag === undefined ? {} : { imageTag: id.imageTag }),
      };
      const imageManifest = (await readBlob(this.#blobs, row.digest)).toString('utf8');
      images.push({
        ...{ registryId: this.#registryId, repositoryName: name, imageId },
        ...{ imageManifest, imageManifestMediaType: row.mediaType },
      });
    }
    return { images, failures };
  }

  batchDelete(name: string, ids: readonly ImageId[]): { imageIds: ImageId[]; failures: Failure[] } {
    this.#repositories.get(name);
    const imageIds: ImageId[] = [];
    const failures: Failure[] = [];
    for (const id of ids) {
      const row = this.#find(name, id);
      if (row === undefined) {
        failures.push(notFound(id));
      } else if (id.imageTag !== undefined) {
        this.#repositories.deleteTag(name, id.imageTag);
        imageIds.push({ imageDigest: row.digest, imageTag: id.imageTag });
      } else {
        const tags = this.#repositories.tagsOf(name, row.digest);
        this.#repositories.deleteImage(name, row.digest);
        imageIds.push(
          { imageDigest: row.digest },
          ...tags.map(imageTag => ({ imageDigest: row.digest, imageTag })),
        );
      }
    }
    return { imageIds, failures };
  }

  #all(name: string, tagStatus: unknown): ImageRow[] {
    const rows = this.#tables.images.values(`${name}@`);
    if (tagStatus !== 'TAGGED' && tagStatus !== 'UNTAGGED') return rows;
    return rows.filter(
      row => this.#repositories.tagsOf(name, row.digest).length > 0 === (tagStatus === 'TAGGED'),
    );
  }

  #find(name: string, { imageDigest, imageTag }: ImageId): ImageRow | undefined {
    const tagged = imageTag === undefined ? undefined : this.#tables.tags.get(`${name}:${imageTag}`)?.digest;
    if (imageTag !== undefined && tagged === undefined) return undefined;
    if (imageDigest !== undefined && tagged !== undefined && tagged !== imageDigest) return undefined;
    return this.#tables.images.get(`${name}@${tagged ?? (imageDigest as Digest)}`);
  }

  #require(name: string, id: ImageId): ImageRow {
    const row = this.#find(name, id);
    if (row !== undefined) return row;
    const what = `{imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'}`;
    throw new AwsError(
      'ImageNotFoundException',
      `The image with imageId ${what} does not exist within the repository with name '${name}' in the registry with id '${this.#registryId}'`,
    );
  }
}

function notFound(imageId: ImageId): Failure {
  return { imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' };
}
