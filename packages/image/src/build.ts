import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  createLayout,
  type Descriptor,
  type ImageConfig,
  type Layer,
  type Layout,
  mediaTypes,
  writeIndex,
  writeJson,
  writeLayer,
} from '@slipway/oci';
import { type BaseImage, type Platform, resolveBase } from './base.ts';
import { openContext } from './context.ts';
import { copyEntries } from './copy.ts';
import { parseDockerfile } from './dockerfile.ts';
import { ImageError } from './errors.ts';
import { type BuildArgs, baseReference, createdTime, type ImagePlan, planImage } from './plan.ts';
import type { Registries } from './registries.ts';

export interface BuildInput {
  readonly context: string;
  /** By default the context's `Dockerfile`. */
  readonly file?: string;
  readonly buildArgs: BuildArgs;
  readonly platform: Platform;
  /** The layout directory that the image goes into. Base layers are named by it but not in it. */
  readonly out: string;
}

/**
 * Builds an image out of a Dockerfile that only copies. The same source on the same base image gives the same digest,
 * whoever builds it, wherever and whenever. Returns the image's descriptor. Throws an ImageError naming file and line.
 */
export async function buildImage(input: BuildInput, registries: Registries): Promise<Descriptor> {
  const dockerfile = await readDockerfile(input);
  const reference = baseReference(dockerfile, input.buildArgs);
  planImage(dockerfile, {}, input.buildArgs);
  const base = await resolveBase(reference, input.platform, registries);
  const plan = planImage(dockerfile, base.config.config ?? {}, input.buildArgs);
  const layout = await createLayout(input.out);
  const layers = await writeLayers(input.context, plan, layout);
  const image = await writeImage(layout, base, plan, layers);
  await writeIndex(layout, [image]);
  return image;
}

async function readDockerfile({ context, file = join(context, 'Dockerfile') }: BuildInput) {
  try {
    return parseDockerfile(await readFile(file, 'utf8'), basename(file));
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError('DOCKERFILE_INVALID', `${file} cannot be read`, { cause: error });
  }
}

async function writeLayers(directory: string, plan: ImagePlan, layout: Layout): Promise<Layer[]> {
  const context = await openContext(directory);
  const directories = new Set(['/']);
  const layers: Layer[] = [];
  for (const step of plan.copies) {
    directories.add(step.workingDirectory);
    const entries = await copyEntries(context, step, directories);
    for (const { type, path } of entries) if (type === 'directory') directories.add(`/${path}`);
    layers.push(await writeLayer(entries, layout.blobs));
  }
  return layers;
}

async function writeImage(
  layout: Layout,
  base: BaseImage,
  plan: ImagePlan,
  layers: Layer[],
): Promise<Descriptor> {
  const { architecture, variant, os, rootfs, history = [] } = base.config;
  const config: ImageConfig = {
    created: createdTime,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    os,
    config: plan.config,
    rootfs: { type: 'layers', diff_ids: [...rootfs.diff_ids, ...layers.map(({ diffId }) => diffId)] },
    history: [...history, ...plan.history],
  };
  const { source } = base;
  return writeJson(layout.blobs, mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: await writeJson(layout.blobs, mediaTypes.config, config),
    layers: [...base.layers, ...layers.map(({ descriptor }) => descriptor)],
    ...(source === undefined
      ? {}
      : {
          annotations: {
            'org.opencontainers.image.base.digest': source.digest,
            'org.opencontainers.image.base.name': source.name,
          },
        }),
  });
}
