import type { BlobStore } from '@slipway/oci';
import type { Context } from '../../core/context.ts';
import { type BaseImage, ensureBaseImage } from './base-image.ts';
import type { NodeBinary } from './ports.ts';
import type { Repositories } from './repository.ts';
import type { EcrTables } from './tables.ts';

interface Parts {
  context: Pick<Context, 'clock' | 'store'>;
  tables: EcrTables;
  repositories: Repositories;
  blobs: BlobStore;
  node: NodeBinary;
}

/**
 * What pull-through cache rules bring. Nothing is fetched from anywhere: the one image that is served is
 * `docker/library/node` of the running node's major version, made of this machine's own node.
 */
export class PullThroughCache {
  readonly #parts: Parts;
  #base: Promise<BaseImage> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  serves(repository: string): boolean {
    const { rules } = this.#parts.tables;
    const match = /^(.+)\/docker\/library\/node$/.exec(repository);
    return match !== null && rules.get(match[1]!)?.upstream === 'public.ecr.aws';
  }

  /** Makes sure that the repository has what it serves; at the first pull this makes the image. */
  async fill(repository: string): Promise<void> {
    if (!this.serves(repository)) return;
    const { digest, manifest } = await this.#baseImage();
    const { context, tables, repositories } = this.#parts;
    const tags = this.#tags();
    if (tags.every(tag => tables.tags.get(`${repository}:${tag}`)?.digest === digest)) return;
    const parts = [manifest.config, ...manifest.layers];
    context.store.transaction(() => {
      if (repositories.find(repository) === undefined) repositories.create({ name: repository });
      for (const part of parts) tables.blobs.put(`${repository}@${part.digest}`, true);
      tables.images.put(`${repository}@${digest}`, {
        repository,
        digest,
        mediaType: manifest.mediaType,
        artifactType: manifest.config.mediaType,
        pushedAt: context.clock.now(),
        size: parts.reduce((sum, { size }) => sum + size, 0),
      });
      for (const tag of tags) tables.tags.put(`${repository}:${tag}`, { tag, digest });
      repositories.tellPush(repository, digest, tags[0]);
    });
  }

  /** `24-slim` and the like: what the official image calls this version. */
  #tags(): string[] {
    const version = this.#parts.node.version.slice(1);
    const major = version.split('.')[0]!;
    return [`${major}-slim`, major, `${version}-slim`, version];
  }

  #baseImage(): Promise<BaseImage> {
    const { node, blobs, tables } = this.#parts;
    this.#base ??= ensureBaseImage(node, blobs, tables).catch(error => {
      this.#base = undefined;
      throw error;
    });
    return this.#base;
  }
}
