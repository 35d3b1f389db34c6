import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  GetApplicationCommand,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  GetDeploymentTargetCommand,
  ListApplicationsCommand,
  ListDeploymentConfigsCommand,
  ListDeploymentGroupsCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openTestWire, type TestWire } from '../../wire/test-wire.ts';
import { appSpecOf, createGroup } from './test-structures.ts';
import { createWorld, type World } from './test-world.ts';

const name = 'slipway-news-staging';
const names = { applicationName: name, deploymentGroupName: name };
const MINUTE = 60_000;

let world: World;
let wire: TestWire;
let client: CodeDeployClient;

beforeEach(async () => {
  world = createWorld();
  wire = await openTestWire({ apis: [world.deploy.api] });
  client = new CodeDeployClient(wire.clientConfig);
  await createGroup(world);
  world.start();
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  await world.close();
  expect(world.errors).toEqual([]);
});

const create = (content = appSpecOf('news:2')) =>
  client.send(
    new CreateDeploymentCommand({
      ...names,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
      description: 'back to news:2',
    }),
  );

test('a deployment made by the SDK is told with its target, its lifecycle and its traffic', async () => {
  const { deploymentId } = await create();
  await world.run(MINUTE, () => world.fakes.primary() === 'news:2');
  const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }));
  expect(deploymentInfo).toMatchObject({
    ...names,
    status: 'InProgress',
    creator: 'user',
    description: 'back to news:2',
    computePlatform: 'ECS',
    deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
    createTime: expect.any(Date),
  });
  const { targetIds } = await client.send(new ListDeploymentTargetsCommand({ deploymentId }));
  expect(targetIds).toEqual(['slipway-staging:news']);
  const target = { deploymentId, targetId: targetIds![0]! };
  const { deploymentTarget } = await client.send(new GetDeploymentTargetCommand(target));
  const { deploymentTargets } = await client.send(
    new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds: targetIds! }),
  );
  expect(deploymentTargets).toEqual([deploymentTarget]);
  expect(deploymentTarget?.ecsTarget).toMatchObject({
    targetId: 'slipway-staging:news',
    taskSetsInfo: [
      { taskSetLabel: 'Blue', trafficWeight: 0, targetGroup: { name: 'news-blue' }, status: 'ACTIVE' },
      { taskSetLabel: 'Green', trafficWeight: 100, targetGroup: { name: 'news-green' }, status: 'PRIMARY' },
    ],
  });
  expect(deploymentTarget?.ecsTarget?.lifecycleEvents?.map(each => each.lifecycleEventName)).toEqual([
    'BeforeInstall',
    'Install',
    'AfterInstall',
    'AllowTestTraffic',
    'AfterAllowTestTraffic',
    'BeforeAllowTraffic',
    'AllowTraffic',
    'AfterAllowTraffic',
  ]);
  expect(deploymentTarget?.ecsTarget?.lifecycleEvents?.every(each => each.status === 'Succeeded')).toBe(true);
});

test('a rollback is a deployment of its own, and both name each other', async () => {
  world.fakes.behaviours['news:2'] = 'crashes';
  const { deploymentId } = await create();
  await world.run(MINUTE, world.idle);
  const { deployments } = await client.send(new ListDeploymentsCommand(names));
  expect(deployments).toHaveLength(2);
  const { deploymentsInfo } = await client.send(
    new BatchGetDeploymentsCommand({ deploymentIds: deployments! }),
  );
  const rollback = deploymentsInfo?.find(each => each.creator === 'codeDeployRollback');
  const failed = deploymentsInfo?.find(each => each.deploymentId === deploymentId);
  expect(failed).toMatchObject({
    status: 'Failed',
    errorInformation: { code: 'CUSTOMER_APPLICATION_UNHEALTHY' },
    rollbackInfo: { rollbackDeploymentId: rollback?.deploymentId },
  });
  expect(rollback).toMatchObject({
    status: 'Succeeded',
    rollbackInfo: { rollbackTriggeringDeploymentId: deploymentId },
  });
  const onlyFailed = await client.send(
    new ListDeploymentsCommand({ ...names, includeOnlyStatuses: ['Failed'] }),
  );
  expect(onlyFailed.deployments).toEqual([deploymentId]);
});

test('applications, groups and configurations are listed and told', async () => {
  expect((await client.send(new ListApplicationsCommand({}))).applications).toEqual([name]);
  const { application } = await client.send(new GetApplicationCommand({ applicationName: name }));
  expect(application).toMatchObject({ applicationName: name, computePlatform: 'ECS' });
  const groups = await client.send(new ListDeploymentGroupsCommand({ applicationName: name }));
  expect(groups).toMatchObject({ applicationName: name, deploymentGroups: [name] });
  const { deploymentGroupInfo } = await client.send(new GetDeploymentGroupCommand(names));
  expect(deploymentGroupInfo?.loadBalancerInfo?.targetGroupPairInfoList?.[0]?.targetGroups).toEqual([
    { name: 'news-blue' },
    { name: 'news-green' },
  ]);
  const configs = await client.send(new ListDeploymentConfigsCommand({}));
  expect(configs.deploymentConfigsList).toContain('CodeDeployDefault.ECSAllAtOnce');
  const { deploymentConfigInfo } = await client.send(
    new GetDeploymentConfigCommand({ deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes' }),
  );
  expect(deploymentConfigInfo?.trafficRoutingConfig).toEqual({
    type: 'TimeBasedCanary',
    timeBasedCanary: { canaryPercentage: 10, canaryInterval: 5 },
  });
});

test('errors carry the codes of AWS', async () => {
  const named = (error: string) => expect.objectContaining({ name: error });
  const { deploymentId } = await create();
  await expect(create()).rejects.toEqual(named('DeploymentLimitExceededException'));
  await expect(create('version: 7')).rejects.toEqual(named('InvalidRevisionException'));
  await expect(client.send(new GetDeploymentCommand({ deploymentId: 'd-NONE' }))).rejects.toEqual(
    named('DeploymentDoesNotExistException'),
  );
  await expect(client.send(new GetApplicationCommand({ applicationName: 'none' }))).rejects.toEqual(
    named('ApplicationDoesNotExistException'),
  );
  await world.run(MINUTE, world.over(deploymentId!));
  await expect(client.send(new StopDeploymentCommand({ deploymentId }))).rejects.toEqual(
    named('DeploymentAlreadyCompletedException'),
  );
});
