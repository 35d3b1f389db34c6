import type { Digest } from '@slipway/oci';
import type { Context } from '../../core/context.ts';
import type { Table } from '../../core/store.ts';

export type TagMutability = 'MUTABLE' | 'IMMUTABLE';

export interface RepositoryRow {
  name: string;
  createdAt: number;
  tagMutability: TagMutability;
  scanOnPush: boolean;
  /** The token of the CloudFormation operation that made it. */
  token?: string;
  lifecyclePolicy?: string;
  repositoryPolicy?: string;
  emptyOnDelete?: boolean;
  tags: { Key: string; Value: string }[];
}

/** An image or another artifact; its manifest's bytes are a blob. */
export interface ImageRow {
  repository: string;
  digest: Digest;
  mediaType: string;
  pushedAt: number;
  /** Bytes of config and layers as they are stored. */
  size: number;
  artifactType?: string;
  subject?: Digest;
  annotations?: Readonly<Record<string, string>>;
}

export interface TagRow {
  tag: string;
  digest: Digest;
}

export interface PullThroughRuleRow {
  prefix: string;
  upstream: string;
  createdAt: number;
  token: string;
}

export interface CreationTemplateRow {
  prefix: string;
  createdAt: number;
  updatedAt: number;
  properties: Record<string, unknown>;
}

export interface EcrTables {
  repositories: Table<RepositoryRow>;
  /** By `repository@digest`: names may be prefixes of each other, digests begin behind the `@`. */
  images: Table<ImageRow>;
  /** By `repository:tag`. */
  tags: Table<TagRow>;
  /** By `repository@digest`: which blobs a repository sees. */
  blobs: Table<true>;
  rules: Table<PullThroughRuleRow>;
  templates: Table<CreationTemplateRow>;
  /** Digests of base images by the fingerprint of the node binary that they are made of. */
  bases: Table<Digest>;
  secrets: Table<string>;
}

export function openTables({ store }: Pick<Context, 'store'>): EcrTables {
  return {
    repositories: store.table('ecr_repositories'),
    images: store.table('ecr_images'),
    tags: store.table('ecr_tags'),
    blobs: store.table('ecr_blobs'),
    rules: store.table('ecr_pull_through_rules'),
    templates: store.table('ecr_creation_templates'),
    bases: store.table('ecr_base_images'),
    secrets: store.table('ecr_secrets'),
  };
}
