import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { isDigest, OciError } from '@slipway/oci';
import type { Platform } from './base.ts';
import { buildImage } from './build.ts';
import { parseDockerfile } from './dockerfile.ts';
import type { Ecr } from './ecr.ts';
import { ImageError } from './errors.ts';
import { type Outage, overOutage } from './outage.ts';
import { type BuildArgs, unusedBuildArgs } from './plan.ts';
import type { Provenance } from './provenance.ts';
import { findImage, type Pushed, pushImage, tagImage } from './push.ts';
import { createRegistries } from './registries.ts';
import { type Replication, replicateImage } from './replicate.ts';

export const usage = `Usage:
  slipway-image build --context DIR --out LAYOUT_DIR [--file Dockerfile] [--build-arg NAME=VALUE]... [--platform linux/amd64]
  slipway-image push --from LAYOUT_DIR --repository NAME --tag TAG... [--region REGION]... [--detail imageDetail.json] [--source URL --revision COMMIT]
  slipway-image find --repository NAME --tag TAG
  slipway-image tag --repository NAME --digest DIGEST --tag TAG... [--region REGION]... [--detail imageDetail.json]

build makes an image out of a Dockerfile that only copies, the same every time, and prints its digest.
push brings it to Amazon ECR, writes where it is for CodePipeline, and prints its digest.
find prints the digest of the image that Amazon ECR has under a tag, or nothing.
tag gives an image that Amazon ECR has more tags, and writes where it is for CodePipeline.
Each --region is a further region whose registry gets the image under the same tags.
`;

export interface World {
  readonly ecr: Ecr;
  /** The platform of this machine, for which images are built unless told otherwise. */
  readonly platform: Platform;
  /** Waits a moment while the registry is away; false when it has been away for too long. */
  readonly outage: Outage;
  readonly print: (line: string) => void;
  readonly warn: (line: string) => void;
}

/** Runs one command; returns the exit code. What is refused goes to `warn` as one sentence. */
export async function main(args: readonly string[], world: World): Promise<number> {
  const [command, ...rest] = args;
  try {
    if (command === 'build') await build(rest, world);
    else if (command === 'push') await push(rest, world);
    else if (command === 'find') await find(rest, world);
    else if (command === 'tag') await tag(rest, world);
    else if (command === '--help' || command === 'help') world.print(usage);
    else
      throw new ImageError(
        'USAGE',
        `${command === undefined ? 'no command' : `no such command: ${command}`}\n\n${usage}`,
      );
    return 0;
  } catch (error) {
    world.warn(`slipway-image: ${sentence(error)}`);
    return error instanceof ImageError && error.code === 'USAGE' ? 2 : 1;
  }
}

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;

async function build(args: string[], { ecr, outage, platform, print, warn }: World): Promise<void> {
  const options = { context: text, file: text, out: text, platform: text, 'build-arg': texts };
  const { values } = parse(() => parseArgs({ args, options }));
  const context = required(values.context, 'context');
  const buildArgs = parseBuildArgs(values['build-arg'] ?? []);
  const input = {
    context,
    out: required(values.out, 'out'),
    platform: values.platform === undefined ? platform : parsePlatform(values.platform),
    buildArgs,
    ...(values.file === undefined ? {} : { file: values.file }),
  };
  await warnOfUnused(values.file ?? join(context, 'Dockerfile'), buildArgs, warn);
  const { digest } = await overOutage(() => buildImage(input, createRegistries(ecr)), outage);
  print(digest);
}

async function push(args: string[], { ecr, outage, print, warn }: World): Promise<void> {
  const options = {
    ...{ from: text, repository: text, tag: texts, region: texts },
    ...{ detail: text, source: text, revision: text },
  };
  const { values } = parse(() => parseArgs({ args, options }));
  const input = {
    from: required(values.from, 'from'),
    repository: required(values.repository, 'repository'),
    tags: values.tag ?? [],
    ...provenanceOf(values.source, values.revision),
  };
  const pushed = await overOutage(() => pushImage(input, ecr, createRegistries(ecr)), outage);
  if (pushed.newTags.length === 0) warn(`${input.repository}:${input.tags[0]} is this image already`);
  await replicate({ ...input, ...pushed }, values.region, { ecr, outage });
  await writeDetail(values.detail, pushed);
  print(pushed.digest);
}

async function find(args: string[], { ecr, outage, print }: World): Promise<void> {
  const { values } = parse(() => parseArgs({ args, options: { repository: text, tag: text } }));
  const repository = required(values.repository, 'repository');
  const input = { repository, tag: required(values.tag, 'tag') };
  const digest = await overOutage(() => findImage(input, ecr), outage);
  if (digest !== undefined) print(digest);
}

async function tag(args: string[], { ecr, outage, print }: World): Promise<void> {
  const options = { repository: text, digest: text, tag: texts, region: texts, detail: text };
  const { values } = parse(() => parseArgs({ args, options }));
  const digest = required(values.digest, 'digest');
  if (!isDigest(digest)) throw new ImageError('USAGE', `${JSON.stringify(digest)} is not a digest`);
  const repository = required(values.repository, 'repository');
  const input = { repository, digest, tags: values.tag ?? [] };
  const tagged = await overOutage(() => tagImage(input, ecr), outage);
  await replicate(input, values.region, { ecr, outage });
  await writeDetail(values.detail, tagged);
  print(digest);
}

async function replicate(
  { repository, digest, tags }: Omit<Replication, 'regions'>,
  regions: readonly string[] = [],
  { ecr, outage }: Pick<World, 'ecr' | 'outage'>,
): Promise<void> {
  for (const region of regions)
    if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
      throw new ImageError('USAGE', `${JSON.stringify(region)} is not a region`);
  await overOutage(() => replicateImage({ repository, digest, tags, regions }, ecr), outage);
}

/** `imageDetail.json`, as CodePipeline takes it. */
async function writeDetail(file: string | undefined, { imageUri }: Pushed): Promise<void> {
  if (file !== undefined) await writeFile(file, `${JSON.stringify({ ImageURI: imageUri })}\n`);
}

async function warnOfUnused(file: string, buildArgs: BuildArgs, warn: World['warn']): Promise<void> {
  const content = await readFile(file, 'utf8').catch(() => undefined);
  if (content === undefined) return;
  for (const name of unusedBuildArgs(parseDockerfile(content, basename(file)), buildArgs)) {
    warn(`slipway-image: the build argument ${name} is not used by ${file}`);
  }
}

function parseBuildArgs(given: readonly string[]): BuildArgs {
  return Object.fromEntries(
    given.map(each => {
      const equals = each.indexOf('=');
      if (equals < 1)
        throw new ImageError('USAGE', `--build-arg takes NAME=VALUE, not ${JSON.stringify(each)}`);
      return [each.slice(0, equals), each.slice(equals + 1)];
    }),
  );
}

function parsePlatform(text: string): Platform {
  const match = /^(linux)\/(amd64|arm64)$/.exec(text);
  if (match === null) throw new ImageError('USAGE', '--platform takes linux/amd64 or linux/arm64');
  return { os: match[1]!, architecture: match[2]! };
}

function provenanceOf(source: string | undefined, revision: string | undefined): { provenance?: Provenance } {
  if (source === undefined && revision === undefined) return {};
  return { provenance: { source: required(source, 'source'), revision: required(revision, 'revision') } };
}

function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new ImageError('USAGE', `--${name} is missing\n\n${usage}`);
  return value;
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ImageError('USAGE', `${(error as Error).message}\n\n${usage}`, { cause: error });
  }
}

/** Known refusals and AWS errors are sentences already; anything else is a bug and keeps its stack. */
function sentence(error: unknown): string {
  if (error instanceof ImageError || error instanceof OciError) return error.message;
  if (!(error instanceof Error)) return String(error);
  return '$metadata' in error ? `${error.name}: ${error.message}` : (error.stack ?? error.message);
}
