import type { Context } from '../../core/context.ts';
import type { Table } from '../../core/store.ts';
import type { Checksum } from './checksum.ts';

export interface BucketRow {
  name: string;
  createdAt: number;
  /** The token of the CloudFormation operation that made it. */
  token?: string;
  /** What the template says and nobody here carries out: versioning, encryption, lifecycle. */
  properties?: Record<string, unknown>;
  policy?: string;
}

/** What a reader is told about an object besides its content. */
export interface ObjectHeaders {
  contentType: string;
  /** `cache-control`, `content-disposition`, `content-encoding`, `content-language`, `expires`. */
  standard: Record<string, string>;
  /** Without `x-amz-meta-`. */
  metadata: Record<string, string>;
}

export interface StoredContent {
  /** The name of the content file. */
  file: string;
  size: number;
  etag: string;
  checksum?: Checksum;
}

export interface ObjectRow extends StoredContent {
  key: string;
  lastModified: number;
  headers: ObjectHeaders;
}

export interface UploadRow {
  id: string;
  key: string;
  initiated: number;
  headers: ObjectHeaders;
}

export interface PartRow extends StoredContent {
  number: number;
  lastModified: number;
}

export interface S3Tables {
  buckets: Table<BucketRow>;
  /** By `bucket/key`, so in S3's order of keys. */
  objects: Table<ObjectRow>;
  /** By `bucket/id`. */
  uploads: Table<UploadRow>;
  /** By `bucket/id/number`, the number padded. */
  parts: Table<PartRow>;
}

export function openTables({ store }: Pick<Context, 'store'>): S3Tables {
  return {
    buckets: store.table('s3_buckets'),
    objects: store.table('s3_objects'),
    uploads: store.table('s3_uploads'),
    parts: store.table('s3_parts'),
  };
}
