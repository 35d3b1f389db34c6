import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribePullThroughCacheRulesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  ListImagesCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type Digest,
  DirectoryBlobStore,
  digestOf,
  encodeJson,
  type ImageManifest,
  mediaTypes,
  parseManifest,
  RegistryClient,
  unpackLayer,
} from '@slipway/oci';
import { ManualClock } from '../../core/clock.ts';
import type { Context } from '../../core/context.ts';
import { createPace } from '../../core/pace.ts';
import type { Properties, ResourceRequest } from '../../core/resource.ts';
import { openTestContext } from '../../core/test-context.ts';
import { openTestWire, type TestWire } from '../../wire/test-wire.ts';
import { createEcr } from './index.ts';

const account = '123456789012';
const region = 'ap-northeast-1';
const host = `${account}.dkr.ecr.${region}.amazonaws.com`;
/** Stands in for node: small, and on Linux with shared libraries. */
const node = { path: '/bin/ls', version: 'v24.21.0', arch: 'x64' };
const nodeImage = 'ecr-public/docker/library/node';

let clock: ManualClock;
let context: Context;
let ecr: ReturnType<typeof createEcr>;
let wire: TestWire;
let client: ECRClient;

beforeEach(async () => {
  clock = new ManualClock();
  context = openTestContext({
    clock,
    pace: createPace(1),
    state: mkdtempSync(join(tmpdir(), 'slipway-ecr-')),
    endpoint: () => wire.endpoint,
    log: line => console.error(line),
  });
  ecr = createEcr(context, { node });
  wire = await openTestWire({ apis: [ecr.api], faces: [ecr.face] });
  client = new ECRClient(wire.clientConfig);
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  context.store.close();
  rmSync(context.state, { recursive: true, force: true });
});

async function login(): Promise<RegistryClient> {
  const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
  const { authorizationToken, proxyEndpoint } = authorizationData![0]!;
  const [username, password] = Buffer.from(authorizationToken!, 'base64').toString().split(':');
  return new RegistryClient({
    url: proxyEndpoint!,
    credentials: { username: username!, password: password! },
  });
}

async function push(
  registry: RegistryClient,
  repository: string,
  tag: string,
  value = '{}',
): Promise<Digest> {
  const config = Buffer.from(value);
  await registry.ensureBlob(repository, digestOf(config), {
    read: async function* () {
      yield config;
    },
  });
  const descriptor = { mediaType: mediaTypes.config, digest: digestOf(config), size: config.byteLength };
  const bytes = encodeJson({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: descriptor,
    layers: [],
  });
  return registry.putManifest(repository, tag, { bytes, mediaType: mediaTypes.manifest });
}

const request = (type: string, properties: Properties, token = 'token'): ResourceRequest => ({
  stack: { name: 'slipway-tooling', id: 'arn', region, account, tags: {} },
  ...{ logicalId: 'Thing', type, properties, token },
});

function deploy(type: string, properties: Properties, token?: string) {
  return ecr.resources[type]!.create(request(type, properties, token));
}

const deployRule = () =>
  deploy('AWS::ECR::PullThroughCacheRule', {
    ...{ EcrRepositoryPrefix: 'ecr-public', UpstreamRegistryUrl: 'public.ecr.aws' },
  });

const lastEvents = () => context.store.events.after(0).map(({ detail }) => detail);

describe('repositories', () => {
  test('are described as AWS does, with an address in AWS form', async () => {
    await client.send(
      new CreateRepositoryCommand({ repositoryName: 'slipway/news', imageTagMutability: 'IMMUTABLE' }),
    );
    const { repositories } = await client.send(
      new DescribeRepositoriesCommand({ repositoryNames: ['slipway/news'] }),
    );
    expect(repositories).toMatchObject([
      {
        registryId: account,
        repositoryArn: `arn:aws:ecr:${region}:${account}:repository/slipway/news`,
        repositoryUri: `${host}/slipway/news`,
        createdAt: new Date(clock.now()),
        imageTagMutability: 'IMMUTABLE',
      },
    ]);
  });

  test('are listed in pages', async () => {
    for (const name of ['aa', 'bb', 'cc'])
      await client.send(new CreateRepositoryCommand({ repositoryName: name }));
    const first = await client.send(new DescribeRepositoriesCommand({ maxResults: 2 }));
    const second = await client.send(
      new DescribeRepositoriesCommand({ maxResults: 2, nextToken: first.nextToken }),
    );
    expect(second.repositories!.map(each => each.repositoryName)).toEqual(['cc']);
    expect(second.nextToken).toBeUndefined();
  });

  test('fail with the codes of AWS', async () => {
    const create = (repositoryName: string) => client.send(new CreateRepositoryCommand({ repositoryName }));
    await create('slipway/news');
    await expect(create('slipway/news')).rejects.toMatchObject({ name: 'RepositoryAlreadyExistsException' });
    await expect(create('../escape')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const missing = { repositoryName: 'nowhere' };
    for (const command of [new DeleteRepositoryCommand(missing), new ListImagesCommand(missing)]) {
      await expect(client.send(command as ListImagesCommand)).rejects.toMatchObject({
        name: 'RepositoryNotFoundException',
      });
    }
    await expect(
      client.send(new DescribeRepositoriesCommand({ repositoryNames: ['nowhere'] })),
    ).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
    await expect(
      client.send(new GetLifecyclePolicyCommand({ repositoryName: 'slipway/news' })),
    ).rejects.toMatchObject({ name: 'LifecyclePolicyNotFoundException' });
  });

  test('keep their lifecycle policy', async () => {
    const repositoryName = 'slipway/news';
    await client.send(new CreateRepositoryCommand({ repositoryName }));
    await client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: '{"rules":[]}' }));
    const policy = await client.send(new GetLifecyclePolicyCommand({ repositoryName }));
    expect(policy.lifecyclePolicyText).toBe('{"rules":[]}');
  });
});

describe('images', () => {
  const repositoryName = 'slipway/news';
  let registry: RegistryClient;
  beforeEach(async () => {
    await client.send(new CreateRepositoryCommand({ repositoryName, imageTagMutability: 'IMMUTABLE' }));
    registry = await login();
  });

  test('are pushed with the token and described', async () => {
    const digest = await push(registry, repositoryName, 'v1');
    const { imageDetails } = await client.send(new DescribeImagesCommand({ repositoryName }));
    expect(imageDetails).toEqual([
      {
        ...{
          registryId: account,
          repositoryName,
          imageDigest: digest,
          imageTags: ['v1'],
          imageSizeInBytes: 2,
        },
        ...{ imagePushedAt: new Date(clock.now()), imageManifestMediaType: mediaTypes.manifest },
        artifactMediaType: mediaTypes.config,
      },
    ]);
    expect(lastEvents()).toEqual([
      {
        ...{ 'action-type': 'PUSH', result: 'SUCCESS', 'repository-name': repositoryName },
        ...{ 'image-digest': digest, 'image-tag': 'v1' },
      },
    ]);
  });

  test('an immutable tag takes the same image again and no other', async () => {
    const digest = await push(registry, repositoryName, 'v1');
    expect(await push(registry, repositoryName, 'v1')).toBe(digest);
    await expect(push(registry, repositoryName, 'v1', '{"a":1}')).rejects.toMatchObject({
      status: 400,
      codes: ['TAG_INVALID'],
      message: expect.stringMatching(
        /tag 'v1' already exists in the 'slipway\/news' repository .* is immutable/,
      ),
    });
    expect(await registry.resolveTag(repositoryName, 'v1')).toBe(digest);
    expect(lastEvents()).toHaveLength(1);
  });

  test('a repository that is not there is not made by a push', async () => {
    await expect(push(registry, 'slipway/unknown', 'v1')).rejects.toMatchObject({
      status: 404,
      codes: ['NAME_UNKNOWN'],
    });
  });

  test('are got, listed and deleted in batches', async () => {
    const one = await push(registry, repositoryName, 'v1');
    await push(registry, repositoryName, 'v1-again');
    const two = await push(registry, repositoryName, 'v2', '{"a":1}');
    const got = await client.send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'v1' }, { imageTag: 'nope' }] }),
    );
    expect(digestOf(got.images![0]!.imageManifest!)).toBe(one);
    expect(got.failures).toMatchObject([{ imageId: { imageTag: 'nope' }, failureCode: 'ImageNotFound' }]);
    expect((await client.send(new ListImagesCommand({ repositoryName }))).imageIds).toHaveLength(3);

    const remove = (imageIds: object[]) =>
      client.send(new BatchDeleteImageCommand({ repositoryName, imageIds }));
    expect((await remove([{ imageTag: 'v1' }])).imageIds).toEqual([{ imageDigest: one, imageTag: 'v1' }]);
    expect(await registry.resolveTag(repositoryName, 'v1-again')).toBe(one);
    await remove([{ imageTag: 'v1-again' }, { imageDigest: two }]);
    expect((await client.send(new ListImagesCommand({ repositoryName }))).imageIds).toEqual([]);
    await expect(
      client.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'v2' }] })),
    ).rejects.toMatchObject({ name: 'ImageNotFoundException' });
  });

  test('keep their repository from being deleted, unless it is forced', async () => {
    await push(registry, repositoryName, 'v1');
    const remove = (force: boolean) => client.send(new DeleteRepositoryCommand({ repositoryName, force }));
    await expect(remove(false)).rejects.toMatchObject({ name: 'RepositoryNotEmptyException' });
    await remove(true);
    await client.send(new CreateRepositoryCommand({ repositoryName }));
    expect((await client.send(new ListImagesCommand({ repositoryName }))).imageIds).toEqual([]);
  });
});

describe('authorization', () => {
  test('asks for a login, and refuses what is forged or older than twelve hours', async () => {
    const url = context.endpoint();
    const anonymous = await fetch(`${url}/v2/`);
    expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Basic/),
    ]);
    const forged = new RegistryClient({
      url,
      credentials: { username: 'AWS', password: `W10.${'0'.repeat(64)}` },
    });
    await expect(forged.listTags('aa')).rejects.toMatchObject({ status: 403, codes: ['DENIED'] });

    await client.send(new CreateRepositoryCommand({ repositoryName: 'aa' }));
    const registry = await login();
    clock.advance(12 * 60 * 60 * 1000 - 1);
    expect(await registry.listTags('aa')).toEqual([]);
    clock.advance(1);
    await expect(registry.listTags('aa')).rejects.toThrow(/token has expired/);
  });
});

describe('resources', () => {
  test('a repository of a stack is made once per token, changed in place and replaced by another name', async () => {
    const properties = {
      RepositoryName: 'slipway/news',
      ImageTagMutability: 'IMMUTABLE',
      ImageScanningConfiguration: { ScanOnPush: true },
      LifecyclePolicy: { LifecyclePolicyText: '{"rules":[]}' },
    };
    const made = await deploy('AWS::ECR::Repository', properties, 'one');
    expect(made).toEqual({
      physicalId: 'slipway/news',
      attributes: {
        Arn: `arn:aws:ecr:${region}:${account}:repository/slipway/news`,
        RepositoryUri: `${host}/slipway/news`,
      },
    });
    expect(await deploy('AWS::ECR::Repository', properties, 'one')).toEqual(made);
    await expect(deploy('AWS::ECR::Repository', properties, 'two')).rejects.toMatchObject({
      code: 'RepositoryAlreadyExistsException',
    });

    const handler = ecr.resources['AWS::ECR::Repository']!;
    const update = (next: Properties, token: string) =>
      handler.update({
        ...request('AWS::ECR::Repository', next, token),
        physicalId: 'slipway/news',
        previous: properties,
      });
    await update({ RepositoryName: 'slipway/news' }, 'three');
    const { repositories } = await client.send(new DescribeRepositoriesCommand({}));
    expect(repositories).toMatchObject([{ imageTagMutability: 'MUTABLE' }]);
    expect((await update({ RepositoryName: 'slipway/other' }, 'four')).physicalId).toBe('slipway/other');
    await handler.delete({ ...request('AWS::ECR::Repository', properties), physicalId: 'slipway/news' });
    await handler.delete({ ...request('AWS::ECR::Repository', properties), physicalId: 'slipway/news' });
    expect((await client.send(new DescribeRepositoriesCommand({}))).repositories).toHaveLength(1);
  });

  test('a repository without a name gets one', async () => {
    const { physicalId } = await deploy('AWS::ECR::Repository', {});
    expect(physicalId).toMatch(/^slipway-tooling-thing-[a-z0-9]+$/);
  });

  test('a value that is not carried out is refused', async () => {
    const properties = { RepositoryName: 'aa', ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' };
    await expect(deploy('AWS::ECR::Repository', properties)).rejects.toThrow(/not carried out locally/);
  });

  test('rules and templates are recorded', async () => {
    expect((await deployRule()).physicalId).toBe('ecr-public');
    const { pullThroughCacheRules } = await client.send(new DescribePullThroughCacheRulesCommand({}));
    expect(pullThroughCacheRules).toMatchObject([
      { ecrRepositoryPrefix: 'ecr-public', upstreamRegistryUrl: 'public.ecr.aws' },
    ]);
    const template = await deploy('AWS::ECR::RepositoryCreationTemplate', { Prefix: 'ecr-public' });
    expect(template.physicalId).toBe('ecr-public');
  });
});

describe('base image', () => {
  test('is served through the cache rule, made of this machine, always the same', async () => {
    const registry = await login();
    await expect(registry.listTags(nodeImage)).rejects.toMatchObject({ codes: ['NAME_UNKNOWN'] });
    await deployRule();
    const [pulled, same] = await Promise.all([
      registry.getManifest(nodeImage, '24-slim'),
      registry.getManifest(nodeImage, '24.21.0-slim'),
    ]);
    expect(same!.digest).toBe(pulled!.digest);
    expect(await registry.getManifest(nodeImage, '22-slim')).toBeUndefined();
    const manifest = parseManifest(pulled!.bytes, pulled!.mediaType) as ImageManifest;
    const root = mkdtempSync(join(context.state, 'root-'));
    await unpackLayer(registry.readBlob(nodeImage, manifest.layers[0]!.digest), root);
    expect(await readdir(root)).toEqual(expect.arrayContaining(['etc', 'home', 'tmp', 'usr']));
    expect(await readdir(join(root, 'usr/local/bin'))).toEqual(['node']);
    if (process.platform === 'linux') {
      expect((await readdir(root, { recursive: true })).join(' ')).toMatch(/libc\.so/);
    }
    expect(
      JSON.parse(Buffer.from(await registry.getBlob(nodeImage, manifest.config.digest)).toString()),
    ).toMatchObject({
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: ['node'], Env: [expect.stringMatching(/^PATH=/), 'NODE_VERSION=24.21.0'] },
    });
  });

  test('moves its tags when the node is another one', async () => {
    await deployRule();
    const registry = await login();
    const before = await registry.resolveTag(nodeImage, '24-slim');
    const next = createEcr(context, { node: { ...node, version: 'v24.22.0' } });
    const { digest } = await next.resolveImage(`${host}/${nodeImage}:24-slim`);
    expect(digest).not.toBe(before);
    expect((await next.resolveImage(`${host}/${nodeImage}@${before}`)).digest).toBe(before);
  });
});

describe('resolving an image', () => {
  async function pushOnBase(): Promise<{ digest: Digest; own: Digest }> {
    await deployRule();
    await client.send(new CreateRepositoryCommand({ repositoryName: 'slipway/news' }));
    const registry = await login();
    const base = (await registry.getManifest(nodeImage, '24-slim'))!;
    const { layers } = parseManifest(base.bytes, base.mediaType) as ImageManifest;
    const store = async (bytes: Buffer, mediaType: string) => {
      await registry.ensureBlob('slipway/news', digestOf(bytes), {
        read: async function* () {
          yield bytes;
        },
      });
      return { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
    };
    for (const { digest } of layers) {
      const read = () => {
        throw new Error('must be mounted');
      };
      await registry.ensureBlob('slipway/news', digest, { mountFrom: nodeImage, read });
    }
    const config = {
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [] },
      config: { Cmd: ['node'] },
    };
    const own = await store(Buffer.from('own layer'), mediaTypes.layer);
    const bytes = encodeJson({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: await store(Buffer.from(encodeJson(config)), mediaTypes.config),
      layers: [...layers, own],
      annotations: {
        'org.opencontainers.image.base.name': `${host}/${nodeImage}:24-slim`,
        'org.opencontainers.image.base.digest': base.digest,
      },
    });
    const digest = await registry.putManifest('slipway/news', 'v1', {
      bytes,
      mediaType: mediaTypes.manifest,
    });
    return { digest, own: own.digest };
  }

  test('tells the base image from its own layers', async () => {
    const { digest, own } = await pushOnBase();
    for (const reference of [`${host}/slipway/news:v1`, `${host}/slipway/news@${digest}`]) {
      const image = await ecr.resolveImage(reference);
      expect(image).toMatchObject({
        repository: 'slipway/news',
        digest,
        config: { config: { Cmd: ['node'] } },
      });
      expect(image.layers.map(({ base }) => base)).toEqual([true, false]);
      const blobs = new DirectoryBlobStore(join(context.state, 'registry/blobs'));
      expect(image.layers[1]).toMatchObject({ digest: own, file: blobs.path(own) });
    }
  });

  test('works after a restart of the engine as before', async () => {
    const { digest } = await pushOnBase();
    const restarted = createEcr(context, { node });
    expect(await restarted.resolveImage(`${host}/slipway/news:v1`)).toEqual(
      await ecr.resolveImage(`${host}/slipway/news@${digest}`),
    );
  });

  test('that is broken fails as ECS says it', async () => {
    await client.send(new CreateRepositoryCommand({ repositoryName: 'aa' }));
    await push(await login(), 'aa', 'v1');
    await expect(ecr.resolveImage(`${host}/aa:v1`)).rejects.toMatchObject({
      code: 'CannotPullContainerError',
    });
  });

  test('of the base image itself finds nothing but base', async () => {
    await deployRule();
    const { layers } = await ecr.resolveImage(`${host}/${nodeImage}:24-slim`);
    expect(layers.map(({ base }) => base)).toEqual([true]);
  });

  test.each([
    `${host}/slipway/news:nope`,
    `${host}/nowhere:v1`,
    `${host}/nowhere@sha256:${'0'.repeat(64)}`,
    'docker.io/library/node:24',
    'not an image',
  ])('%j fails as ECS says it', async reference => {
    await expect(ecr.resolveImage(reference)).rejects.toMatchObject({
      code: 'CannotPullContainerError',
      message: expect.stringContaining(reference),
    });
  });
});
