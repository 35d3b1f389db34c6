import { join } from 'node:path';
import type { Context } from '../../core/context.ts';
import { artifactStore } from './artifacts.ts';
import { Buckets } from './buckets.ts';
import { ContentFiles } from './content.ts';
import { s3Face } from './face.ts';
import { Objects } from './objects.ts';
import { s3Resources } from './resources.ts';
import { openTables } from './tables.ts';
import { Uploads } from './uploads.ts';

export type { ArtifactStore } from './artifacts.ts';

/** S3 over a directory: its protocol, its resources, and its objects for the engine's own services. */
export function createS3(context: Context) {
  const tables = openTables(context);
  const content = new ContentFiles(join(context.state, 's3'), () => context.ids.hex(32));
  const buckets = new Buckets(context, tables);
  const objects = new Objects({ context, tables, buckets, content });
  const uploads = new Uploads({ context, tables, buckets, objects, content });
  return {
    resources: s3Resources({ context, buckets }),
    face: s3Face({ context, buckets, objects, uploads }),
    artifacts: artifactStore(objects),
  };
}
