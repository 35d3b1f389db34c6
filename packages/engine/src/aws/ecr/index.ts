import { join } from 'node:path';
import { createRegistry, DirectoryBlobStore } from '@slipway/oci';
import type { RawFace } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import { messageOf } from '../../core/errors.ts';
import { ecrApi } from './api.ts';
import { Authorization } from './authorization.ts';
import { type ResolvedImage, resolveImage } from './image.ts';
import { ImageQueries } from './image-queries.ts';
import type { EcrPorts } from './ports.ts';
import { PullThroughCache } from './pull-through-cache.ts';
import { EcrStorage } from './registry-storage.ts';
import { Repositories } from './repository.ts';
import { ecrResources } from './resources.ts';
import { openTables } from './tables.ts';

export type { ResolvedImage } from './image.ts';
export type { EcrPorts, NodeBinary } from './ports.ts';

/** ECR: the registry under `/v2/`, its API and its resources. */
export function createEcr(context: Context, { node }: EcrPorts) {
  const directory = join(context.state, 'registry');
  const blobs = new DirectoryBlobStore(join(directory, 'blobs'));
  const tables = openTables(context);
  const repositories = new Repositories(context, tables);
  const authorization = new Authorization(context, tables);
  const scratch = new DirectoryBlobStore(join(directory, 'blobs'), { durable: false });
  const cache = new PullThroughCache({ context, tables, repositories, node, blobs: scratch });
  const storage = new EcrStorage({ context, tables, repositories, cache, blobs });
  const images = new ImageQueries(context.account, tables, repositories, blobs);

  const face: RawFace = {
    prefix: '/v2/',
    handle: createRegistry({
      storage,
      uploadDirectory: join(directory, 'uploads'),
      newId: () => context.ids.uuid(),
      authorize: request => authorization.authorize(request),
      onError: error => context.log(`The registry failed: ${messageOf(error)}`),
    }),
  };
  return {
    resources: ecrResources({ context, tables, repositories }),
    api: ecrApi({ context, tables, repositories, images, authorization }),
    face,
    /** An image by the name that task definitions give it. Rejects with CannotPullContainerError. */
    resolveImage: (reference: string): Promise<ResolvedImage> =>
      resolveImage(reference, { storage, cache, blobs, arch: node.arch }),
  };
}
