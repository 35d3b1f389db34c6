import { DynamoDBClient, PutItemCommand, ScanCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Ended } from '../src/cli.ts';
import { type Clone, makeClone } from '../src/clone.ts';
import { until } from '../src/until.ts';
import { leftIn, type PosingAws, poseAsAws } from './deploy/aws.ts';
import { makeSmall } from './deploy/definition.ts';

const STEP_MS = 300_000;
const TABLE = 'slipway-user-production-users';

let clone: Clone;
let aws: PosingAws;
beforeAll(async () => {
  clone = makeClone();
  makeSmall(clone);
  aws = await poseAsAws(clone);
}, STEP_MS);
afterAll(async () => {
  await aws?.[Symbol.asyncDispose]();
  clone?.[Symbol.dispose]();
}, 60_000);

const run = (...words: string[]): Promise<Ended> => aws.cli.run(...words);
const dynamo = () =>
  new DynamoDBClient({
    ...{ endpoint: aws.engine.endpoint, region: 'ap-northeast-1' },
    credentials: { accessKeyId: 'AKIAANYBODY', secretAccessKey: 'any' },
  });

/** Each step builds on the one before. Everything goes over AWS's APIs: no command here knows that an engine answers. */
describe('an account, from nothing to live and back to nothing', () => {
  test('the doctor misses nothing in it', async () => {
    const { code, output } = await run('doctor', '--target', 'aws');
    expect(output).toContain('nothing is deployed yet');
    expect(output).toContain('Nothing is missing.');
    expect(code).toBe(0);
  }, 30_000);

  test(
    'deploy makes the tooling, pushes, and the pipeline makes the rest until somebody has to say yes',
    async () => {
      const { code, output } = await run('deploy', '--yes');
      expect(output).toMatch(/✓ [0-9a-f]{10} is pushed to slipway/);
      expect(output).toContain('✓ slipway-platform-pipeline is created');
      expect(output).toMatch(/platform WAITING FOR APPROVAL .* npx slipway approve platform --target aws/);
      expect(code).toBe(3);
    },
    STEP_MS,
  );

  test(
    'approved twice, the platform and the service, it is live',
    async () => {
      await approveAll();
      expect((await run('status', '--target', 'aws')).output).toMatch(
        /user .* 1\/1 tasks .*slipway-user-production:2/,
      );
    },
    STEP_MS,
  );

  test(
    'destroy takes everything but data, also when nobody answers any more in the middle of it',
    async () => {
      await dynamo().send(
        new PutItemCommand({ TableName: TABLE, Item: { email: { S: 'ada@example.com' }, id: { S: '1' } } }),
      );
      const first = aws.cli.spawn('destroy', '--yes', 'slipway');
      await until(() => first.output().includes('slipway-user-production is deleted'), {
        ...{ limitMs: 60_000, what: first.output, ended: first },
      });
      await aws.engine.kill();
      const interrupted = await first.ended;
      expect([interrupted.code, interrupted.output]).toEqual([
        1,
        expect.stringMatching(/Nobody answers there/),
      ]);
      await aws.engine.revive();
      const { code, output } = await run('destroy', '--yes', 'slipway');
      expect(output).toContain('balancer slipway-production is not protected any more');
      expect(output).toContain('✓ slipway is removed.');
      expect(code).toBe(0);
      const { tables, secrets, ...others } = await leftIn(aws.engine);
      expect(others).toEqual({
        stacks: ['slipway-repository', 'slipway-user-data-production'],
        repositories: ['slipway'],
      });
      expect(tables).toContain(TABLE);
      expect(secrets).toContain('slipway/production/user/signing');
    },
    STEP_MS,
  );

  test(
    'deployed again, it is live again with all that was kept',
    async () => {
      const { code, output } = await run('deploy', '--yes');
      expect(output).toMatch(/= slipway-repository .*: as it should be/);
      expect(output).toContain('✓ slipway-platform-pipeline is created');
      expect(code).toBe(3);
      await approveAll();
      expect((await dynamo().send(new ScanCommand({ TableName: TABLE }))).Count).toBe(1);
      expect((await run('destroy', '--yes', 'slipway')).code).toBe(0);
    },
    STEP_MS,
  );

  test(
    'with its data, once its protection is off, nothing is left',
    async () => {
      const refused = await run('destroy', '--data', '--yes', 'slipway', '--yes-data', 'slipway');
      expect(refused.output).toContain(`--table-name ${TABLE} --no-deletion-protection-enabled`);
      for (const TableName of (await leftIn(aws.engine)).tables ?? [])
        await dynamo().send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
      const { code, output } = await run('destroy', '--data', '--yes', 'slipway', '--yes-data', 'slipway');
      expect([code, output]).toEqual([0, expect.stringContaining('✓ slipway is removed.')]);
      expect(await leftIn(aws.engine)).toEqual({});
    },
    STEP_MS,
  );
});

/** The platform and the service; then it is live. */
async function approveAll(): Promise<void> {
  for (const waiting of ['platform', 'user']) {
    const wait = await run('wait', '--target', 'aws');
    expect([wait.code, wait.output]).toEqual([3, expect.stringContaining(`approve ${waiting} `)]);
    const { code, output } = await run('approve', waiting, '--target', 'aws');
    expect([code, output]).toEqual([0, expect.stringContaining('Approved.')]);
  }
  const { code, output } = await run('wait', '--target', 'aws');
  const head = clone.git('rev-parse', 'HEAD').trim();
  expect(output).toContain(`✓ user LIVE  ${head.slice(0, 10)}`);
  expect(code).toBe(0);
  const door = `http://127.0.0.1:${aws.cli.env.SLIPWAY_PRODUCTION_PORT}`;
  expect(await (await fetch(`${door}/users/json`)).json()).toMatchObject({ commit: head });
}
