import { ECSClient, RegisterTaskDefinitionCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { liveServices } from '../live.ts';
import { releasesOf, serviceDeployments } from '../service-deployments.ts';
import { openScene, type Scene } from '../test-scene.ts';
import { rollback } from './rollback.ts';

const PLACE = { cluster: 'slipway-production', service: 'news' };
const FAMILY = 'slipway-news-production';

let scene: Scene;
let ecs: ECSClient;

/** A service that wants no tasks is rolled out at once. */
beforeAll(async () => {
  scene = await openScene();
  ecs = new ECSClient(scene.target);
  await register();
  await scene.deploy('slipway-cluster-production', {
    Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: PLACE.cluster } },
  });
  await scene.deploy('slipway-news-production', {
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: {
        ...{ ServiceName: PLACE.service, Cluster: PLACE.cluster, TaskDefinition: FAMILY, DesiredCount: 0 },
        DeploymentController: { Type: 'ECS' },
      },
    },
  });
  for (const commit of ['a', 'b', 'c']) {
    const taskDefinition = await register(commit);
    await ecs.send(new UpdateServiceCommand({ ...PLACE, taskDefinition }));
    await settled();
  }
}, 60_000);

afterAll(async () => scene?.[Symbol.asyncDispose](), 30_000);

async function register(commit?: string): Promise<string> {
  const environment = commit ? [{ name: 'SLIPWAY_COMMIT', value: commit.repeat(40) }] : [];
  const containerDefinitions = [{ name: 'news', image: 'any', essential: true, environment }];
  const answer = await ecs.send(new RegisterTaskDefinitionCommand({ family: FAMILY, containerDefinitions }));
  return answer.taskDefinition!.taskDefinitionArn!;
}

async function settled(): Promise<void> {
  for (let asked = 0; asked < 200; asked++) {
    if ((await serviceDeployments(scene.target, PLACE))[0]?.status === 'SUCCESSFUL') return;
    await new Promise(resolve => setTimeout(resolve, 25));
  }
  throw new Error('it did not settle');
}

const live = async () => {
  const where = { product: 'slipway', environment: 'production', services: ['news'] };
  return (await liveServices(scene.target, where))[0]!;
};

async function goBack(to?: string): Promise<string[]> {
  const world = scene.world();
  const options = { service: 'news', environment: 'production', state: scene.state, ...(to && { to }) };
  expect(await rollback(world, options)).toBe(0);
  return world.said;
}

test('the releases of a service that ECS controls are what it deployed, without the seed', async () => {
  const releases = await releasesOf(scene.target, PLACE);
  expect(releases.map(each => [each.revision, each.commit?.[0]])).toEqual([
    ...[
      [4, 'c'],
      [3, 'b'],
      [2, 'a'],
    ],
  ]);
  expect(await live()).toMatchObject({ controller: 'ecs', commit: 'c'.repeat(40) });
});

test('a rollback has ECS deploy the one before, and goes on backwards', async () => {
  const said = await goBack();
  expect(said[0]).toBe(`news in production goes back to bbbbbbbbbb (${FAMILY}:3).`);
  expect(said.at(-1)).toBe(`✓ news in production is at bbbbbbbbbb (${FAMILY}:3) again.`);
  expect((await live()).taskDefinition).toMatch(/:3$/);
  await goBack();
  expect((await live()).taskDefinition).toMatch(/:2$/);
});

test('a rollback can name a later one again', async () => {
  await goBack('4');
  expect((await live()).commit).toBe('c'.repeat(40));
  await expect(goBack('4')).rejects.toThrow('is live in production already');
});
