import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type AssemblyStack, readAssembly } from '@slipway/assembly';
import { recordedResources } from './recorded/index.ts';
import { openScene, type Scene, type Things } from './test-scene.ts';

/** Some stacks as the pipeline synthesizes them; a whole cdk.out when this variable names one. */
const directory = process.env.SLIPWAY_ASSEMBLY ?? join(import.meta.dirname, 'synthesized');
const { stacks } = readAssembly(directory);

/** Platform before services, data before what uses it: as the pipelines deploy them. */
const ORDER = [/-tooling$/, /-network-/, /-cluster-/, /-data-/, /./];
const rank = ({ stackName }: AssemblyStack): number => ORDER.findIndex(each => each.test(stackName));
const inOrder = stacks.toSorted((a, b) => rank(a) - rank(b));

/** A scene in which `things` stand for every type that is not only recorded. */
function openSceneFor(assembly: AssemblyStack[]): { scene: Scene; things: Things } {
  const { things } = openScene();
  const types = assembly.flatMap(stack => [...stack.template.resources.values()].map(each => each.type));
  const carriedOut = [...new Set(types)].filter(type => !Object.hasOwn(recordedResources, type));
  return { scene: openScene(Object.fromEntries(carriedOut.map(type => [type, things]))), things };
}

test('synthesized stacks deploy, deploy again without a change, and go', async () => {
  const { scene, things } = openSceneFor(inOrder);
  const deploy = ({ stackName, source }: AssemblyStack) =>
    scene.deploy(source, { stackName, capabilities: ['CAPABILITY_NAMED_IAM'] });
  for (const stack of inOrder)
    expect([stack.stackName, await deploy(stack)]).toMatchObject([stack.stackName, { status: 'SUCCEEDED' }]);
  const made = things.calls.length;
  expect(made).toBeGreaterThan(20);
  for (const stack of inOrder)
    expect(await deploy(stack)).toMatchObject({ status: 'SUCCEEDED', changed: false });
  expect(things.calls).toHaveLength(made);
  for (const { stackName } of inOrder.toReversed())
    expect(await scene.remove(stackName)).toMatchObject({ status: 'SUCCEEDED' });
  await scene.close();
});

test('a service stack goes only before the platform whose exports it uses', async () => {
  const { scene } = openSceneFor(inOrder);
  for (const { stackName, source } of inOrder)
    await scene.deploy(source, { stackName, capabilities: ['CAPABILITY_NAMED_IAM'] });
  expect((await scene.remove('slipway-network-staging')).message).toMatch(
    /^Export slipway-.* cannot be deleted as it is in use by slipway-/,
  );
  await scene.close();
});

test.each(inOrder.map(({ stackName }) => stackName))(
  '%s leaves nothing behind when its first creation fails, and is made at the second attempt',
  async stackName => {
    const own = inOrder.findIndex(each => each.stackName === stackName);
    const { scene, things } = openSceneFor([...inOrder]);
    const capabilities = ['CAPABILITY_NAMED_IAM'];
    for (const before of inOrder.slice(0, own))
      await scene.deploy(before.source, { stackName: before.stackName, capabilities });
    const alive = [...things.alive.keys()];
    const { source } = inOrder[own]!;
    const Resources = source.Resources as Record<string, { Type: string }>;
    const broken = {
      ...source,
      Resources: {
        ...Resources,
        Broken: {
          ...{ Type: 'Test::Engine::Thing', DependsOn: Object.keys(Resources) },
          Properties: { Fail: 'a quota is used up' },
        },
      },
    };
    await scene.deploy(broken, { stackName, capabilities });
    expect(await scene.stack(stackName)).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' });
    // A revision of a task definition is in nobody's way: the next one has another number.
    const seeds = Object.keys(Resources).filter(id => Resources[id]!.Type === 'AWS::ECS::TaskDefinition');
    const left = [...things.alive.keys()].filter(id => !alive.includes(id));
    expect(left.map(id => id.replace(/-\d+$/, ''))).toEqual(seeds);
    await scene.remove(stackName);
    const again = await scene.deploy(source, { stackName, capabilities });
    expect(again).toMatchObject({ status: 'SUCCEEDED' });
    await scene.close();
  },
);
