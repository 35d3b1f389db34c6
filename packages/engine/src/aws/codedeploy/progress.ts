import type { Controller } from '../../core/controllers.ts';
import { AwsError } from '../../core/errors.ts';
import type { Deployment, Phase } from './deployment.ts';
import { failure, type Halt, halt, haltOf } from './halt.ts';
import { passEvent } from './hook.ts';
import { install } from './install.ts';
import { POLL_MS } from './limits.ts';
import { prepare } from './prepare.ts';
import { change, close, enter, tell } from './record.ts';
import { retreat } from './retreat.ts';
import type { Scene } from './scene.ts';
import { allowTestTraffic, allowTraffic } from './shift-traffic.ts';

/** Why not, when to look again, or nothing: the phase has been left or waits for a change. */
type Step = (scene: Scene, deployment: Deployment) => Promise<Halt | number | undefined>;

/** The way forward, in order. */
const steps: Partial<Record<Phase, Step>> = {
  Prepare: prepare,
  BeforeInstall: pass('Install'),
  Install: install,
  AfterInstall: async (scene, deployment) =>
    passEvent(scene, deployment, deployment.plan.testListeners.length > 0 ? 'AllowTestTraffic' : 'Ready'),
  AllowTestTraffic: allowTestTraffic,
  AfterAllowTestTraffic: pass('Ready'),
  Ready: waitUntilContinued,
  BeforeAllowTraffic: pass('AllowTraffic'),
  AllowTraffic: allowTraffic,
  AfterAllowTraffic: pass('SetPrimary'),
  SetPrimary: setPrimary,
  TerminationWait: waitForTermination,
  Terminate: terminateBlue,
};

/** Carries out deployments: one step at a time, each of which may be repeated after a crash. */
export function deploymentController(scene: Scene): Controller {
  const { tables } = scene;
  return {
    name: 'codedeploy-deployments',
    active: () => tables.active.keys(),
    step: async id => {
      const deployment = tables.deployments.get(id);
      if (!deployment || deployment.phase === 'Over') {
        tables.active.delete(id);
        return undefined;
      }
      try {
        return await advance(scene, deployment);
      } catch (error) {
        if (tables.deployments.get(id)) throw error;
        return undefined; // its application was deleted while the step was under way
      }
    },
  };
}

async function advance(scene: Scene, deployment: Deployment): Promise<number | undefined> {
  const forward = steps[deployment.phase];
  if (!forward) return retreat(scene, deployment);
  const result = haltOf(scene, deployment) ?? (await take(forward, scene, deployment));
  if (typeof result !== 'object') return result;
  halt(scene, deployment, result);
  return undefined;
}

/** A refusal by ECS or the load balancer fails the deployment. */
async function take(step: Step, scene: Scene, deployment: Deployment): Promise<Halt | number | undefined> {
  try {
    return await step(scene, deployment);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const traffic = deployment.phase === 'AllowTraffic' || deployment.phase === 'AllowTestTraffic';
    const code = traffic ? 'ELASTIC_LOAD_BALANCING_INVALID' : 'ECS_UPDATE_ERROR';
    return failure(deployment, code, `${error.message} (${error.code})`);
  }
}

function pass(next: Phase): Step {
  return async (scene, deployment) => passEvent(scene, deployment, next);
}

/** With STOP_DEPLOYMENT the deployment is Ready and waits, undivided, for ContinueDeployment. */
async function waitUntilContinued(scene: Scene, deployment: Deployment): Promise<Halt | number | undefined> {
  const { clock, store } = scene.context;
  const minutes = deployment.plan.readyWaitMinutes;
  if (minutes === undefined || deployment.continued) {
    enter(scene, deployment, 'BeforeAllowTraffic', stored => ({ ...stored, status: 'InProgress' }));
    return undefined;
  }
  const now = clock.now();
  if (deployment.until === undefined) {
    store.transaction(() => {
      const until = now + minutes * 60_000;
      const ready = change(scene, deployment.id, stored => ({ ...stored, status: 'Ready', until }));
      tell(scene, ready, 'READY');
    });
    return undefined;
  }
  if (now < deployment.until) return Math.min(now + POLL_MS, deployment.until);
  return {
    ...failure(
      deployment,
      'TIMEOUT',
      `The deployment timed out while waiting for a notification to continue. This time out period is ${minutes} minutes.`,
    ),
    status: 'Stopped',
  };
}

/** From here green is the service's primary task set; blue waits to be terminated. */
async function setPrimary(scene: Scene, deployment: Deployment): Promise<undefined> {
  const { context, ports } = scene;
  const green = deployment.green!.taskSet;
  if (ports.ecs.taskSet(green)?.status !== 'PRIMARY') ports.ecs.setPrimaryTaskSet(green);
  const wait = context.pace.divided(deployment.plan.terminationWaitMinutes * 60_000);
  const until = context.clock.now() + wait;
  enter(scene, deployment, 'TerminationWait', stored => ({ ...stored, until }));
}

async function waitForTermination(scene: Scene, deployment: Deployment): Promise<number | undefined> {
  const now = scene.context.clock.now();
  if (!deployment.continued && now < deployment.until!) return Math.min(now + POLL_MS, deployment.until!);
  enter(scene, deployment, 'Terminate');
  return undefined;
}

async function terminateBlue(scene: Scene, deployment: Deployment): Promise<number | undefined> {
  const { context, ports, tables } = scene;
  const blue = ports.ecs.taskSet(deployment.blue!.taskSet);
  if (blue) {
    if (blue.status !== 'DRAINING') ports.ecs.deleteTaskSet(blue.id);
    return context.clock.now() + POLL_MS;
  }
  context.store.transaction(() => {
    const completed = context.clock.now();
    close(scene, deployment.id, stored => ({ ...stored, status: 'Succeeded', completed }));
    const key = `${deployment.application}/${deployment.group}`;
    if (tables.groups.get(key))
      tables.groups.update(key, group => ({ ...group, lastSuccessful: deployment.id }));
    tell(scene, deployment, 'SUCCESS');
  });
  return undefined;
}
