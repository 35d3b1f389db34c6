import { ManualClock } from '../../core/clock.ts';
import { Controllers } from '../../core/controllers.ts';
import { openTestContext } from '../../core/test-context.ts';
import { createCodeDeploy } from './index.ts';
import { createFakes } from './test-fakes.ts';
import { appSpecOf } from './test-structures.ts';

/** An engine with nothing but CodeDeploy in it. `restart` is what follows a kill: the same store, all else new. */
export function createWorld(clock = new ManualClock()) {
  const fakes = createFakes(clock);
  const errors: unknown[] = [];
  const context = openTestContext({ clock });
  const { store } = context;
  const boot = () => {
    const deploy = createCodeDeploy(context, fakes.ports);
    const { controllers: list } = deploy;
    const controllers = new Controllers({ store, clock, controllers: list, onError: e => errors.push(e) });
    return { deploy, controllers };
  };
  const world = {
    ...boot(),
    fakes,
    store,
    clock,
    errors,
    start: () => world.controllers.start(),
    restart: async () => {
      await world.controllers.stop();
      Object.assign(world, boot());
      world.controllers.start();
    },
    /** Moves time on in steps that the controllers can follow, until `done` or `ms` are over. */
    run: async (ms: number, done: () => boolean = () => false) => {
      for (let passed = 0; ; passed += 250) {
        await world.controllers.settled();
        world.putVerdicts();
        await world.controllers.settled();
        if (done() || passed >= ms) return;
        clock.advance(250);
      }
    },
    /** What the functions that are due put, as their clients would: until they have an answer. */
    putVerdicts: () => {
      for (const invocation of fakes.dueVerdicts()) {
        const { DeploymentId: deploymentId, LifecycleEventHookExecutionId } = invocation.event;
        world.deploy.api.operations.PutLifecycleEventHookExecutionStatus!(
          {
            deploymentId,
            lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
            status: fakes.functions[invocation.name],
          },
          {} as never,
        );
        invocation.put = true;
      }
    },
    create: (taskDefinition: string, token = taskDefinition, extra = '') =>
      world.deploy.createDeployment({
        token,
        application: 'slipway-news-staging',
        deploymentGroup: 'slipway-news-staging',
        appSpec: appSpecOf(taskDefinition) + extra,
        creator: 'codePipeline',
      }),
    statusOf: (id: string) => world.deploy.deployment(id)?.status,
    over: (id: string) => () => ['Succeeded', 'Failed', 'Stopped'].includes(world.statusOf(id) ?? ''),
    idle: () => store.table('codedeploy_active').keys().length === 0,
    events: () =>
      store.events
        .after(0)
        .map(event => `${event.detail.deploymentId} ${event.detail.state}`.replace(/^d-0*/, 'd-')),
    close: async () => {
      await world.controllers.stop();
      store.close();
    },
  };
  return world;
}

export type World = ReturnType<typeof createWorld>;
