import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadEnvironments } from '@slipway/contract';
import { engineAsAws } from './aws/engine-as-aws.ts';
import { buildAccess } from './build-access.ts';
import { liveServices } from './live.ts';
import { ENVIRONMENTS, openScene, type Scene } from './test-scene.ts';

/** The scene's engine is this account, here the one of production; the pipelines are at home in another. */
const PRODUCTION = '123456789012';
const HOME = '999999999999';

let scene: Scene;
let aws: Disposable;
beforeAll(async () => {
  scene = await openScene();
  aws = engineAsAws(scene);
  const away = ENVIRONMENTS.replace(PRODUCTION, HOME).replace(
    '  production: { ',
    `  production: { account: "${PRODUCTION}", `,
  );
  scene.write('pipeline/environments.yaml', away);
}, 30_000);
afterAll(async () => {
  aws?.[Symbol.dispose]();
  await scene?.[Symbol.asyncDispose]();
}, 30_000);

const region = 'ap-northeast-1';
const look = {
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: 'slipway-look',
    AssumeRolePolicyDocument: {
      Statement: [
        {
          ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
          Principal: { AWS: `arn:aws:iam::${HOME}:role/slipway-plan` },
        },
      ],
    },
  },
};

/** Each step goes on where the one before ended. */
describe('a build of the home that looks into another account', () => {
  test('says whose role is missing as long as the tooling of that account is not there', async () => {
    await expect(buildAccess(loadEnvironments(scene.root))).rejects.toThrow(
      `not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${PRODUCTION}:role/slipway-look`,
    );
  });

  test('takes on the role there that may look, and at home stays who it is', async () => {
    await scene.deploy('slipway-tooling-123456789012-ap-northeast-1', { Look: look });
    const at = await buildAccess(loadEnvironments(scene.root));
    expect(at({ account: HOME, region })).toEqual({});
    const away = { region, ...at({ account: PRODUCTION, region }) };
    const { Arn } = await new STSClient(away).send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:sts::${PRODUCTION}:assumed-role/slipway-look/slipway-look`);
    const asked = { product: 'slipway', environment: 'production', services: ['news'] };
    expect(await liveServices(away, asked)).toEqual([]);
  });

  test('goes into another region of an account by that region', async () => {
    const at = await buildAccess(loadEnvironments(scene.root));
    expect(at({ account: HOME, region: 'ap-northeast-3' })).toEqual({ region: 'ap-northeast-3' });
    expect(at({ account: PRODUCTION, region: 'ap-northeast-3' })).toMatchObject({
      region: 'ap-northeast-3',
      credentials: { sessionToken: expect.any(String) },
    });
  });
});
