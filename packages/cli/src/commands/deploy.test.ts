import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CodeCommitClient, DeleteRepositoryCommand } from '@aws-sdk/client-codecommit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { engineAsAws } from '../aws/engine-as-aws.ts';
import { statusOf } from '../aws/stack-change.ts';
import { deleteBucket } from '../destroy/bucket.ts';
import { deleteStack } from '../stack-deletion.ts';
import { ENVIRONMENTS, gatedPipeline, openScene, type Scene, tooling } from '../test-scene.ts';
import type { World } from '../world.ts';
import { type DeployOptions, deploy } from './deploy.ts';

let scene: Scene;
let aws: Disposable;

/** A program that writes the cloud assembly beside it, as `npm run synth` does. */
const PROGRAM = `import { cpSync } from 'node:fs';
cpSync(new URL('../assembly', import.meta.url), process.argv[process.argv.indexOf('--out') + 1], { recursive: true });
`;
const ENVIRONMENT = 'aws://123456789012/ap-northeast-1';

/** Writes what would be synthesized: resources by stack. */
function define(stacks: Record<string, Record<string, object>>): void {
  const artifacts = Object.fromEntries(
    Object.keys(stacks).map(name => [
      name,
      {
        ...{ type: 'aws:cloudformation:stack', environment: ENVIRONMENT },
        properties: { templateFile: `${name}.template.json` },
        dependencies: name === 'slipway-platform-pipeline' ? ['slipway-tooling', 'slipway-repository'] : [],
      },
    ]),
  );
  scene.write('pipeline/assembly/manifest.json', JSON.stringify({ artifacts }));
  for (const [name, Resources] of Object.entries(stacks))
    scene.write(`pipeline/assembly/${name}.template.json`, JSON.stringify({ Resources }, undefined, 2));
}
const log = (name: string) => ({ Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: name } });
const { Artifacts, Repository } = tooling;
const whole = (more: Record<string, object> = {}) => ({
  'slipway-platform-pipeline': gatedPipeline('slipway-platform'),
  'slipway-tooling': { Artifacts, ...more },
  'slipway-repository': { Repository: { ...Repository, DeletionPolicy: 'Retain' } },
  'slipway-network-staging': { Logs: log('/network') },
});

beforeAll(async () => {
  scene = await openScene();
  aws = engineAsAws(scene);
  scene.write('pipeline/bin/pipeline.ts', PROGRAM);
  scene.write('packages/news/service.yaml', 'name: news\nteam: press\npath: /news\n');
  scene.git('add', '--all');
  scene.git('commit', '--quiet', '--message', 'A service');
}, 30_000);

afterAll(async () => {
  aws?.[Symbol.dispose]();
  await scene?.[Symbol.asyncDispose]();
}, 30_000);

function run(more: Partial<DeployOptions> = {}, part: Partial<World> = {}) {
  const world = scene.world({ env: process.env, now: Date.now, ...part });
  const options = { yes: true, profile: [], push: true, follow: true, ...more };
  return { code: deploy(world, options), said: world.said };
}
const status = (name: string) => statusOf({ region: 'ap-northeast-1' }, name);

/** Settings by which git finds the repository of the scene elsewhere. */
const gitInstead = (place: string) => ({
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: `url.${place}.insteadOf`,
  GIT_CONFIG_VALUE_0: `${scene.target.endpoint}/git/slipway`,
});

/** Each step goes on where the one before ended. */
describe('slipway deploy', () => {
  test('deploys nothing where the credentials are of another account', async () => {
    const before = scene.root;
    scene.write('pipeline/environments.yaml', ENVIRONMENTS.replaceAll('123456789012', '210987654321'));
    const { code, said } = run();
    expect([await code, before]).toEqual([1, scene.root]);
    expect(said.join('\n')).toMatch(/✗ account .*210987654321 is wanted .* credentials of 123456789012/);
    scene.write('pipeline/environments.yaml', ENVIRONMENTS);
    expect(await status('slipway-tooling')).toBeUndefined();
  });

  test('shows what would be made and makes nothing that nobody confirmed', async () => {
    define(whole());
    const { code, said } = run({ yes: false }, { ask: async () => 'no' });
    expect(await code).toBe(1);
    expect(said).toContain('+ slipway-tooling  (123456789012, ap-northeast-1)');
    expect(said).toContain('    1 × AWS::CodePipeline::Pipeline');
    expect(said.at(-1)).toBe('Nothing was deployed.');
    await expect(run({ yes: false }).code).rejects.toThrow('--yes deploys without being asked');
    expect(await status('slipway-tooling')).toBeUndefined();
  });

  test('tells why a first creation failed, and tries it again when it is called again', async () => {
    const taken = { Taken: log('/taken'), Again: { ...log('/taken'), DependsOn: 'Taken' } };
    define(whole(taken));
    await expect(run().code).rejects.toThrow(
      /slipway-tooling could not be created \(ROLLBACK_COMPLETE\): Again: /,
    );
    expect(await status('slipway-tooling')).toBe('ROLLBACK_COMPLETE');

    define(whole());
    const { code, said } = run();
    expect(await code).toBe(0);
    expect(said.join('\n')).toContain('whose first creation failed: it is deleted and made again');
    expect([await status('slipway-tooling'), await status('slipway-platform-pipeline')]).toEqual([
      ...['CREATE_COMPLETE', 'CREATE_COMPLETE'],
    ]);
    expect(await status('slipway-network-staging')).toBeUndefined();
  }, 30_000);

  test('takes a template that is too large for the call through a bucket, which is gone afterwards', async () => {
    const { deployStack } = await import('../aws/stack-deployment.ts');
    const { ListBucketsCommand, S3Client } = await import('@aws-sdk/client-s3');
    const buckets = async () =>
      (await new S3Client().send(new ListBucketsCommand())).Buckets?.map(({ Name }) => Name);
    const before = await buckets();
    const Metadata = { large: 'x'.repeat(60_000) };
    const template = { Resources: { Logs: log('/large') }, Metadata };
    const stack = { name: 'slipway-large', account: '123456789012', region: 'ap-northeast-1', template };
    const options = { tell: () => {}, signal: new AbortController().signal };
    const target = { region: 'ap-northeast-1', pauseMs: 50 };
    const bucket = 'slipway-artifacts-123456789012-ap-northeast-1';
    expect(await deployStack(target, stack, { ...options, bucket })).toBe('created');
    expect(await buckets()).toEqual(before);
    expect(await deployStack(target, stack, { ...options, bucket: 'artifacts' })).toBe('unchanged');
    await deleteStack(target, 'slipway-large', options.signal);
  }, 30_000);

  test('tells how to push where it cannot itself', async () => {
    const { code, said } = run();
    expect(await code).toBe(0);
    const text = said.join('\n');
    expect(text).toMatch(/Not pushed: /);
    expect(text).toContain('git remote add aws codecommit::ap-northeast-1://slipway');
    expect(text).toContain('git push aws HEAD:main');
  }, 30_000);

  test('pushes HEAD with credentials of the account, which git alone is given', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.writeHead(401, { 'www-authenticate': 'Basic realm="CodeCommit"' }).end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { code, said } = run({}, { env: { ...process.env, ...gitInstead(url) } });
    await code;
    await new Promise(resolve => server.close(resolve));
    const [name, password] = Buffer.from(asked.at(-1)?.split(' ')[1] ?? '', 'base64')
      .toString()
      .split(':');
    expect(name).toBe('AKIASLIPWAYOPERATOR0');
    expect(password).toMatch(/^\d{8}T\d{6}Z[0-9a-f]{64}$/);
    expect(said.join('\n')).toContain('Not pushed: git push failed');
    expect(said.join('\n')).not.toContain(password);
  }, 30_000);

  test('says that HEAD is pushed once it is', async () => {
    const bare = join(scene.state, 'git', 'slipway.git');
    // As CodeCommit: a push does not tell what becomes of it.
    const env = { ...process.env, ...gitInstead(bare), SLIPWAY_UNFOLLOWED: '1' };
    const { code, said } = run({ follow: false }, { env });
    expect(await code).toBe(0);
    expect(said.join('\n')).toMatch(/✓ [0-9a-f]{10} is pushed to slipway/);
    expect(execFileSync('git', ['-C', bare, 'rev-parse', 'main'], { encoding: 'utf8' })).toBe(
      scene.git('rev-parse', 'HEAD'),
    );
  }, 30_000);

  test('Ctrl-C while it synthesizes leaves nothing behind', async () => {
    const leave = new AbortController();
    const temporary = join(scene.state, 'temporary');
    mkdirSync(temporary);
    scene.write('pipeline/bin/pipeline.ts', 'setInterval(() => {}, 1000);\n');
    const env = { ...process.env, TMPDIR: temporary };
    const { code, said } = run({}, { env, interruption: () => leave.signal });
    const ended = expect(code).rejects.toMatchObject({
      ...{ message: 'Interrupted: nothing was touched.', exitCode: 130 },
    });
    while (!said.some(line => line.startsWith('Synthesizing'))) await new Promise(setImmediate);
    const during = readdirSync(temporary);
    leave.abort();
    await ended;
    expect([during.length, readdirSync(temporary)]).toEqual([1, []]);
    scene.write('pipeline/bin/pipeline.ts', PROGRAM);
  }, 30_000);

  test('has nothing to do when everything is as it should be and HEAD is pushed', async () => {
    const { code, said } = run();
    expect(await code).toBe(0);
    expect(said).toContain('= slipway-tooling  (123456789012, ap-northeast-1): as it should be');
    expect(said.at(-1)).toBe('There is nothing to do: a push releases what it affects.');
  }, 30_000);

  test('brings up to date what differs, and says what', async () => {
    define(whole({ Logs: log('/more') }));
    const { code, said } = run();
    expect(await code).toBe(0);
    expect(said).toContain(
      '~ slipway-tooling  (123456789012, ap-northeast-1): 1 added, 0 changed, 0 removed',
    );
    expect(said).toContain('    + Logs');
    expect(await status('slipway-tooling')).toBe('UPDATE_COMPLETE');
  }, 30_000);

  test('finds the repository that was kept with its stack when everything else was removed', async () => {
    const { signal } = new AbortController();
    await deleteBucket({ region: 'ap-northeast-1' }, 'artifacts');
    for (const name of ['platform-pipeline', 'tooling'])
      await deleteStack({ region: 'ap-northeast-1', pauseMs: 50 }, `slipway-${name}`, signal);
    const { code, said } = run({ follow: false });
    expect(await code).toBe(0);
    expect(said.join('\n')).not.toContain('Not pushed');
    expect(await status('slipway-tooling')).toBe('CREATE_COMPLETE');
    expect(said).toContain('= slipway-repository  (123456789012, ap-northeast-1): as it should be');
  }, 30_000);

  test('follows what the creation of the pipeline sets going until it waits for somebody', async () => {
    await deleteStack(
      { region: 'ap-northeast-1', pauseMs: 50 },
      'slipway-platform-pipeline',
      new AbortController().signal,
    );
    const { code, said } = run();
    expect(await code).toBe(3);
    expect(said.join('\n')).toMatch(/approv/i);
  }, 60_000);

  test('deploys nothing where a repository of that name is there that is not its own', async () => {
    const { signal } = new AbortController();
    await deleteStack({ region: 'ap-northeast-1', pauseMs: 50 }, 'slipway-repository', signal);
    const { code, said } = run();
    expect(await code).toBe(1);
    expect(said.join('\n')).toMatch(/✗ source .*slipway is there, but not of the stack slipway-repository/);
    const client = new CodeCommitClient({ region: 'ap-northeast-1' });
    await client.send(new DeleteRepositoryCommand({ repositoryName: 'slipway' }));
    expect(await run({ follow: false }).code).toBe(0);
  }, 30_000);
});
