import { chmod, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type Descriptor,
  digestOf,
  encodeJson,
  type ImageManifest,
  mediaTypes,
  openLayout,
  parseImageConfig,
  RegistryClient,
  readBlob,
  readIndex,
  readLayoutManifest,
  readTar,
  unpackLayer,
} from '@slipway/oci';
import { startTestRegistry, type TestRegistry } from '@slipway/oci/testing';
import { main } from './cli.ts';
import { createEcr, type Ecr } from './ecr.ts';
import { ImageError } from './errors.ts';
import { provenanceType } from './provenance.ts';

const account = '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com';
const dockerfile = `ARG REGISTRY=public.ecr.aws
FROM \${REGISTRY}/node:24
WORKDIR /app
COPY dist/ ./
CMD ["node", "main.js"]
`;

describe('slipway-image', () => {
  let registry: TestRegistry;
  /** Of another region. */
  let osaka: TestRegistry;
  let work: string;
  let ecr: Ecr;
  let out: string[];
  let warnings: string[];
  let baseDigest: string;

  beforeEach(async () => {
    [registry, osaka] = await Promise.all([startTestRegistry(), startTestRegistry()]);
    work = await mkdtemp(join(tmpdir(), 'slipway-image-'));
    out = [];
    warnings = [];
    ecr = {
      authorize: async region => ({
        endpoint: region === 'ap-northeast-3' ? osaka.url : registry.url,
        credentials: { username: 'AWS', password: 'pw' },
      }),
      repositoryUri: async name => {
        if (name === 'slipway/news') return `${account}/slipway/news`;
        throw new ImageError('REPOSITORY_UNKNOWN', `ECR has no repository ${name}`);
      },
    };
    baseDigest = await pushBase('ecr-public/node');
  });
  afterEach(async () => {
    await Promise.all([registry[Symbol.asyncDispose](), osaka[Symbol.asyncDispose]()]);
    await rm(work, { recursive: true, force: true });
  });

  const client = () => new RegistryClient({ url: registry.url });

  async function pushBase(repository: string, content = 'base layer'): Promise<string> {
    const config = encodeJson({
      architecture: 'amd64',
      os: 'linux',
      config: { Env: ['PATH=/usr/bin'], Cmd: ['node'] },
      rootfs: { type: 'layers', diff_ids: [digestOf(content)] },
    });
    const part = async (mediaType: string, bytes: Uint8Array) => {
      await client().ensureBlob(repository, digestOf(bytes), {
        read: async function* () {
          yield bytes;
        },
      });
      return { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
    };
    const bytes = encodeJson({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: await part(mediaTypes.config, config),
      layers: [await part(mediaTypes.layer, Buffer.from(content))],
    });
    return client().putManifest(repository, '24', { bytes, mediaType: mediaTypes.manifest });
  }

  async function write(files: Record<string, string>, directory = work): Promise<string> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), content);
    }
    return directory;
  }

  function run(...args: string[]): Promise<number> {
    return main(args, {
      ecr,
      outage: async attempt => attempt < 3,
      platform: { os: 'linux', architecture: 'amd64' },
      print: line => out.push(line),
      warn: line => warnings.push(line),
    });
  }

  const build = (context: string, layout: string) =>
    run('build', '--context', context, '--build-arg', `REGISTRY=${account}/ecr-public`, '--out', layout);

  async function built(layout: string) {
    const opened = await openLayout(layout);
    const descriptor = (await readIndex(opened)).manifests[0]!;
    const manifest = (await readLayoutManifest(opened, descriptor)).manifest as ImageManifest;
    const config = parseImageConfig(await readBlob(opened.blobs, manifest.config.digest));
    return { layout: opened, descriptor, manifest, config };
  }

  async function unpacked(layout: string, layer: Descriptor): Promise<string> {
    const root = await mkdtemp(join(work, 'root-'));
    await unpackLayer(await (await openLayout(layout)).blobs.read(layer.digest), root);
    return root;
  }

  const service = { Dockerfile: dockerfile, 'dist/main.js': 'main', 'dist/public/page.html': 'page' };

  describe('build', () => {
    test('puts the files on the base image, whose layers are only named', async () => {
      const layout = join(work, 'layout');
      expect(await build(await write(service), layout)).toBe(0);
      const image = await built(layout);
      expect(out).toEqual([image.descriptor.digest]);
      expect(image.manifest.layers.map(({ mediaType }) => mediaType)).toEqual([
        mediaTypes.layer,
        mediaTypes.layer,
      ]);
      expect(image.manifest.layers[0]!.digest).toBe(digestOf('base layer'));
      expect(await image.layout.blobs.size(digestOf('base layer'))).toBeUndefined();
      expect(image.manifest.annotations).toEqual({
        'org.opencontainers.image.base.digest': baseDigest,
        'org.opencontainers.image.base.name': `${account}/ecr-public/node:24`,
      });
      expect(image.config).toMatchObject({
        created: '1970-01-01T00:00:00Z',
        architecture: 'amd64',
        config: { Env: ['PATH=/usr/bin'], Cmd: ['node', 'main.js'], WorkingDir: '/app' },
        rootfs: { diff_ids: [digestOf('base layer'), image.manifest.layers[1]!.digest] },
      });
      const root = await unpacked(layout, image.manifest.layers[1]!);
      expect(await readFile(join(root, 'app/public/page.html'), 'utf8')).toBe('page');
      expect(
        registry.requests.filter(
          request => request.includes(digestOf('base layer')) && request.startsWith('GET'),
        ),
      ).toEqual([]);
    });

    test('gives the same digest wherever, whenever and under whatever umask it happens', async () => {
      const first = await write(service, join(work, 'one'));
      const second = await write(
        Object.fromEntries(Object.entries(service).toReversed()),
        join(work, 'two/deeper'),
      );
      await utimes(join(second, 'dist/main.js'), 1, 1);
      await chmod(join(second, 'dist/main.js'), 0o600);
      await chmod(join(second, 'dist/public'), 0o700);
      await build(first, join(work, 'layout-one'));
      await build(second, join(work, 'layout-two'));
      expect(out[0]).toBe(out[1]);
      expect(await readFile(join(work, 'layout-one/index.json'))).toEqual(
        await readFile(join(work, 'layout-two/index.json')),
      );
    });

    test('gives another digest for other content, another executable bit, another base', async () => {
      const context = await write(service);
      await build(context, join(work, '1'));
      await chmod(join(context, 'dist/main.js'), 0o755);
      await build(context, join(work, '2'));
      await write({ 'dist/main.js': 'changed' });
      await build(context, join(work, '3'));
      await pushBase('ecr-public/node', 'newer base layer');
      await build(context, join(work, '4'));
      expect(new Set(out).size).toBe(4);
    });

    async function layerOf(text: string, files: Record<string, string>): Promise<string[]> {
      const context = await write({ ...files, Dockerfile: `FROM scratch\n${text}` }, join(work, 'context'));
      expect(await build(context, join(work, 'layout'))).toBe(0);
      const { manifest } = await built(join(work, 'layout'));
      const paths: string[] = [];
      for (const { digest } of manifest.layers) {
        const { blobs } = await openLayout(join(work, 'layout'));
        for await (const { header } of readTar(await blobs.read(digest))) {
          paths.push(
            `${header.path}${header.type === 'symlink' ? `@${header.linkName}` : ''} ${header.mode.toString(8)}`,
          );
        }
      }
      return paths;
    }

    test.each<[string, string, string[]]>([
      ['a file to a name', 'COPY a.txt /opt2/b.txt', ['opt2/ 755', 'opt2/b.txt 644']],
      ['a file into a directory', 'COPY a.txt /x/', ['x/ 755', 'x/a.txt 644']],
      ['a file into the working directory', 'WORKDIR /w\nCOPY a.txt .', ['w/ 755', 'w/a.txt 644']],
      ['a file to the working directory by name', 'WORKDIR /w\nCOPY a.txt /w', ['w/ 755', 'w/a.txt 644']],
      ['a directory', 'COPY d /x', ['x/ 755', 'x/e/ 755', 'x/e/f.txt 644', 'x/g.txt 644']],
      ['several files', 'COPY a.txt d/g.txt x/', ['x/ 755', 'x/a.txt 644', 'x/g.txt 644']],
      ['what matches', 'COPY d/*.txt x/', ['x/ 755', 'x/g.txt 644']],
      ['with a mode', 'COPY --chmod=755 a.txt /x', ['x 755']],
      ['the JSON form', 'COPY ["a.txt", "/with space"]', ['with space 644']],
      ['to where the base image has links', 'COPY a.txt /bin/a', ['bin/a 644']],
      ['to two places', 'COPY a.txt /x/\nCOPY a.txt /x', ['x/ 755', 'x/a.txt 644', 'x/ 755', 'x/a.txt 644']],
    ])('copies %s', async (_, text, expected) => {
      expect(await layerOf(text, { 'a.txt': 'a', 'd/e/f.txt': 'f', 'd/g.txt': 'g' })).toEqual(expected);
    });

    test('leaves out what .dockerignore names', async () => {
      const files = { '.dockerignore': '**/*.map\n', 'd/a.js': '', 'd/a.js.map': '', 'd/maps/b.map': '' };
      expect(await layerOf('COPY d /x', files)).toEqual(['x/ 755', 'x/a.js 644', 'x/maps/ 755']);
    });

    test('keeps links as links', async () => {
      await write({ 'd/a': '' }, join(work, 'context'));
      await symlink('a', join(work, 'context/d/l'));
      expect(await layerOf('COPY d /x', {})).toEqual(['x/ 755', 'x/a 644', 'x/l@a 777']);
    });

    test.each([
      ['COPY nothing /x', /Dockerfile:2: COPY: there is no nothing in the context/],
      ['COPY ../secret /x', /Dockerfile:2: COPY: \.\.\/secret is outside of the context/],
      ['COPY out /x', /Dockerfile:2: COPY: out leads out of the context/],
      ['RUN true', /Dockerfile:2: RUN: .*built by Docker/],
    ])('refuses %s', async (text, why) => {
      const context = await write({ Dockerfile: `FROM scratch\n${text}\n` }, join(work, 'context'));
      await write({ secret: 'secret' });
      await symlink('../secret', join(context, 'out'));
      expect(await build(context, join(work, 'layout'))).toBe(1);
      expect(warnings.at(-1)).toMatch(why);
    });

    test('says when the base image is not there or not for this platform', async () => {
      const context = await write({ ...service, Dockerfile: dockerfile.replace('node:24', 'node:99') });
      expect(await build(context, join(work, 'layout'))).toBe(1);
      expect(warnings[0]).toMatch(/no image ecr-public\/node:99/);
      await write(service);
      expect(
        await run(
          'build',
          '--context',
          work,
          '--build-arg',
          `REGISTRY=${account}/ecr-public`,
          '--out',
          join(work, 'l'),
          '--platform',
          'linux/arm64',
        ),
      ).toBe(1);
      expect(warnings[1]).toMatch(/is for linux\/amd64/);
    });

    test('warns of build arguments that nobody asks for', async () => {
      const context = await write({ Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' });
      expect(
        await run('build', '--context', context, '--build-arg', 'TYPO=1', '--out', join(work, 'l')),
      ).toBe(0);
      expect(warnings).toEqual([expect.stringMatching(/TYPO is not used/)]);
    });

    test.each([
      [],
      ['nonsense'],
      ['build'],
      ['build', '--unknown'],
      ['build', '--context', 'x'],
      ['push', '--tag', 'x'],
    ])('explains itself when called with %j', async (...args) => {
      expect(await run(...args.flat())).toBe(2);
      expect(warnings[0]).toMatch(/Usage:/);
    });
  });

  describe('push', () => {
    const push = (...more: string[]) =>
      run('push', '--from', join(work, 'layout'), '--repository', 'slipway/news', '--tag', 'abc123', ...more);

    beforeEach(async () => {
      await build(await write(service), join(work, 'layout'));
    });

    test('mounts the base layers, sends the rest and says where the image is', async () => {
      registry.requests.length = 0;
      expect(await push('--detail', join(work, 'imageDetail.json'))).toBe(0);
      const digest = out.at(-1)!;
      expect(JSON.parse(await readFile(join(work, 'imageDetail.json'), 'utf8'))).toEqual({
        ImageURI: `${account}/slipway/news@${digest}`,
      });
      expect(await client().resolveTag('slipway/news', 'abc123')).toBe(digest);
      expect(await client().hasBlob('slipway/news', digestOf('base layer'))).toBe(true);
      const mounts = registry.requests.filter(request => request.includes('mount='));
      expect(mounts).toHaveLength(1);
      expect(mounts[0]).toContain('from=ecr-public%2Fnode');
    });

    test('again is a success and sends nothing', async () => {
      await push();
      registry.requests.length = 0;
      expect(await push('--detail', join(work, 'again.json'))).toBe(0);
      expect(registry.requests.filter(request => !request.startsWith('HEAD'))).toEqual([]);
      expect(await readFile(join(work, 'again.json'), 'utf8')).toContain(out.at(-1)!);
    });

    test('of another image under a taken tag is refused', async () => {
      await push();
      await build(await write({ 'dist/main.js': 'other' }), join(work, 'layout'));
      expect(await push()).toBe(1);
      expect(warnings.at(-1)).toMatch(/slipway\/news:abc123 is sha256:\w+ already, and tags never move/);
    });

    test('outlives a registry that is away for a moment', async () => {
      let asked = 0;
      const { authorize } = ecr;
      const away = { endpoint: 'http://127.0.0.1:9', credentials: { username: '', password: '' } };
      ecr = { ...ecr, authorize: region => (asked++ === 0 ? Promise.resolve(away) : authorize(region)) };
      expect(await push()).toBe(0);
      expect(await client().resolveTag('slipway/news', 'abc123')).toBe(out.at(-1));
    });

    test('copies the base layers when they are in another registry', async () => {
      await using elsewhere = await startTestRegistry();
      ecr = {
        ...ecr,
        authorize: async region => ({
          endpoint: region === undefined ? elsewhere.url : registry.url,
          credentials: { username: '', password: '' },
        }),
      };
      expect(await push()).toBe(0);
      const copied = await new RegistryClient({ url: elsewhere.url }).getBlob(
        'slipway/news',
        digestOf('base layer'),
      );
      expect(Buffer.from(copied).toString()).toBe('base layer');
    });

    test('records where the image comes from beside it', async () => {
      expect(await push('--source', 'https://example.com/repo', '--revision', 'abc123')).toBe(0);
      expect(await push('--source', 'https://example.com/repo', '--revision', 'abc123')).toBe(0);
      const response = await fetch(`${registry.url}/v2/slipway/news/referrers/${out.at(-1)}`);
      const { manifests } = (await response.json()) as { manifests: unknown[] };
      expect(manifests).toEqual([
        expect.objectContaining({
          artifactType: provenanceType,
          annotations: {
            'org.opencontainers.image.revision': 'abc123',
            'org.opencontainers.image.source': 'https://example.com/repo',
          },
        }),
      ]);
    });

    test('needs an existing repository and a proper layout and tag', async () => {
      expect(await run('push', '--from', join(work, 'layout'), '--repository', 'nowhere', '--tag', 'a')).toBe(
        1,
      );
      expect(await run('push', '--from', work, '--repository', 'slipway/news', '--tag', 'a')).toBe(2);
      expect(
        await run('push', '--from', join(work, 'layout'), '--repository', 'slipway/news', '--tag', '..'),
      ).toBe(2);
      expect(warnings.join('\n')).toMatch(/no repository nowhere.*not an OCI image layout.*not a tag/s);
    });

    test('gives the image all of its tags, or none when one is taken', async () => {
      expect(await push('--tag', 'inputs-1')).toBe(0);
      expect(await client().resolveTag('slipway/news', 'inputs-1')).toBe(out.at(-1));
      await build(await write({ 'dist/main.js': 'other' }), join(work, 'layout'));
      const other = ['--from', join(work, 'layout'), '--repository', 'slipway/news'];
      expect(await run('push', ...other, '--tag', 'def456', '--tag', 'inputs-1')).toBe(1);
      expect(await client().resolveTag('slipway/news', 'def456')).toBeUndefined();
    });

    test('finds an image that was pushed before and gives it another tag, without its layers', async () => {
      const known = ['--repository', 'slipway/news', '--tag', 'inputs-1'];
      const printed = out.length;
      expect(await run('find', ...known)).toBe(0);
      expect(out).toHaveLength(printed);
      await push('--tag', 'inputs-1');
      const digest = out.at(-1)!;
      out.length = 0;
      expect(await run('find', ...known)).toBe(0);
      expect(out).toEqual([digest]);
      registry.requests.length = 0;
      const detail = join(work, 'known.json');
      const tag = ['tag', '--repository', 'slipway/news', '--digest', digest, '--tag', 'def456'];
      expect(await run(...tag, '--detail', detail)).toBe(0);
      expect(await run(...tag)).toBe(0);
      expect(await client().resolveTag('slipway/news', 'def456')).toBe(digest);
      expect(await readFile(detail, 'utf8')).toContain(digest);
      expect(registry.requests.filter(request => request.includes('/blobs/'))).toEqual([]);
    });

    test('brings the image to the registries of further regions, whole and under the same tags', async () => {
      const there = new RegistryClient({ url: osaka.url });
      const region = ['--region', 'ap-northeast-3'];
      expect(await push('--tag', 'inputs-1', ...region)).toBe(0);
      const digest = out.at(-1)!;
      for (const tag of ['abc123', 'inputs-1'])
        expect(await there.resolveTag('slipway/news', tag)).toBe(digest);
      const manifest = (await there.getManifest('slipway/news', digest))!;
      const { config, layers } = JSON.parse(Buffer.from(manifest.bytes).toString()) as ImageManifest;
      for (const blob of [config, ...layers])
        expect(await there.hasBlob('slipway/news', blob.digest)).toBe(true);
      osaka.requests.length = 0;
      expect(await push('--tag', 'inputs-1', ...region)).toBe(0);
      expect(osaka.requests.filter(request => request.includes('/blobs/'))).toEqual([]);
    });

    test('brings a known image to a region that is new', async () => {
      await push();
      const digest = out.at(-1)!;
      const tag = ['tag', '--repository', 'slipway/news', '--digest', digest, '--tag', 'def456'];
      expect(await run(...tag, '--region', 'ap-northeast-3')).toBe(0);
      expect(await new RegistryClient({ url: osaka.url }).resolveTag('slipway/news', 'def456')).toBe(digest);
      expect(await run(...tag, '--region', 'Osaka')).toBe(2);
      expect(warnings.at(-1)).toContain('"Osaka" is not a region');
    });

    test('moves no tag in a further region', async () => {
      const bytes = encodeJson({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [] });
      await new RegistryClient({ url: osaka.url }).putManifest('slipway/news', 'abc123', {
        ...{ bytes, mediaType: mediaTypes.index },
      });
      expect(await push('--region', 'ap-northeast-3')).toBe(1);
      expect(warnings.at(-1)).toMatch(
        /slipway\/news:abc123 is sha256.* already in ap-northeast-3, and tags never move/,
      );
    });

    test('gives no tag to an image that is not there', async () => {
      const digest = digestOf('nothing');
      expect(await run('tag', '--repository', 'slipway/news', '--digest', digest, '--tag', 'a')).toBe(1);
      expect(await run('tag', '--repository', 'slipway/news', '--digest', 'abc', '--tag', 'a')).toBe(2);
      expect(warnings.join('\n')).toMatch(/slipway\/news has no image sha256.*"abc" is not a digest/s);
    });
  });
});

describe('ECR through the SDK', () => {
  const saved = { ...process.env };
  afterEach(() => {
    process.env = saved;
  });

  test('gives endpoint, credentials and repository addresses, and says what is missing', async () => {
    const server = createServer((request, response) => {
      const target = String(request.headers['x-amz-target']).split('.')[1];
      const names = new Set<string>();
      let body = '';
      request.on('data', chunk => {
        body += String(chunk);
      });
      request.on('end', () => {
        for (const name of (JSON.parse(body) as { repositoryNames?: string[] }).repositoryNames ?? [])
          names.add(name);
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        if (target === 'GetAuthorizationToken') {
          const authorizationToken = Buffer.from('AWS:pass:word').toString('base64');
          response.end(
            JSON.stringify({
              authorizationData: [{ authorizationToken, proxyEndpoint: 'http://127.0.0.1:1' }],
            }),
          );
        } else if (names.has('known')) {
          response.end(JSON.stringify({ repositories: [{ repositoryUri: 'uri/known' }] }));
        } else {
          response.statusCode = 400;
          response.end(JSON.stringify({ __type: 'RepositoryNotFoundException', message: 'no' }));
        }
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    process.env = {
      ...saved,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'ap-northeast-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    };
    const ecr = createEcr();
    expect(await ecr.authorize()).toEqual({
      endpoint: 'http://127.0.0.1:1',
      credentials: { username: 'AWS', password: 'pass:word' },
    });
    expect(await ecr.repositoryUri('known')).toBe('uri/known');
    await expect(ecr.repositoryUri('unknown')).rejects.toMatchObject({ code: 'REPOSITORY_UNKNOWN' });
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
});
