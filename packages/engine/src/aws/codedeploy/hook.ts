import { AwsError } from '../../core/errors.ts';
import type { Deployment, Hook, Phase } from './deployment.ts';
import { failure, type Halt } from './halt.ts';
import { HOOK_LIMIT_MS, POLL_MS } from './limits.ts';
import { change, enter } from './record.ts';
import type { Scene } from './scene.ts';

/** How many of the function's last lines a failure tells. */
const TAIL_LINES = 8;

/**
 * A lifecycle event that may carry a hook: its Lambda function is invoked, and the event lasts until somebody puts the
 * verdict by `PutLifecycleEventHookExecutionStatus`. Without a hook it is over as soon as it begins.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-ecs
 */
export async function passEvent(
  scene: Scene,
  deployment: Deployment,
  next: Phase,
): Promise<Halt | number | undefined> {
  const called = deployment.spec.hooks[deployment.phase];
  const hook = deployment.hooks?.find(each => each.event === deployment.phase);
  if (called === undefined || hook?.status === 'Succeeded') {
    enter(scene, deployment, next);
    return undefined;
  }
  if (!hook) {
    begin(scene, deployment, called);
    return undefined;
  }
  return hook.invocation === undefined ? invoke(scene, deployment, hook) : judge(scene, deployment, hook);
}

/** Why the hooks of an AppSpec cannot be carried out, seen before anything is made. */
export function hookFault({ ports }: Scene, { spec, plan }: Deployment): string | undefined {
  const hooks = Object.entries(spec.hooks);
  const unheard = hooks.find(
    ([event]) => event === 'AfterAllowTestTraffic' && plan.testListeners.length === 0,
  );
  if (unheard)
    return 'The AppSpec names a function for AfterAllowTestTraffic, and the deployment group has no test listener: it would never be called';
  const missing = hooks.find(([, name]) => !ports.functions.hasFunction(name));
  return (
    missing && `The AppSpec names the function ${missing[1]} for ${missing[0]}, and there is no such function`
  );
}

/** The execution id is written down before anybody is told it, so that a verdict always finds its hook. */
function begin(scene: Scene, { id, phase }: Deployment, called: string): void {
  const { context } = scene;
  const hook: Hook = {
    id: context.ids.uuid(),
    event: phase,
    function: called,
    status: 'InProgress',
    started: context.clock.now(),
  };
  change(scene, id, stored => ({ ...stored, hooks: [...(stored.hooks ?? []), hook] }));
}

function invoke(scene: Scene, deployment: Deployment, hook: Hook): Halt | undefined {
  const { functions } = scene.ports;
  try {
    scene.context.store.transaction(() => {
      const invocation = functions.invoke({
        token: `${deployment.id}/${hook.event}`,
        functionName: hook.function,
        event: { DeploymentId: deployment.id, LifecycleEventHookExecutionId: hook.id },
      });
      changeHook(scene, deployment.id, hook.id, { invocation });
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return failed(deployment, hook, `could not be invoked: ${error.message} (${error.code})`);
  }
}

/** No verdict yet, a bad one, or none that can still come. */
function judge(scene: Scene, deployment: Deployment, hook: Hook): Halt | number {
  const invocation = scene.ports.functions.invocation(hook.invocation!);
  const lines = invocation?.logTail.slice(-TAIL_LINES);
  if (hook.status === 'Failed') return failed(deployment, hook, 'reported Failed.', lines);
  if (!invocation) return failed(deployment, hook, 'was invoked, and nothing is known of it any more.');
  if (invocation.status === 'Failed') {
    const { type, message } = invocation.error ?? { type: 'Error', message: 'it failed' };
    return failed(deployment, hook, `gave no verdict and failed: ${type}: ${message}`, lines);
  }
  const now = scene.context.clock.now();
  const deadline = hook.started + HOOK_LIMIT_MS;
  if (now < deadline) return Math.min(now + POLL_MS, deadline);
  const hours = HOOK_LIMIT_MS / 3_600_000;
  return failed(deployment, hook, `gave no verdict within ${hours} hour.`, lines);
}

function failed(
  deployment: Deployment,
  { event, function: called }: Hook,
  why: string,
  lines?: string[],
): Halt {
  const message = `The lifecycle event hook ${event} failed: the function ${called} ${why}`;
  return failure(deployment, 'HOOK_EXECUTION_FAILURE', message, lines);
}

export function changeHook(scene: Scene, deploymentId: string, id: string, by: Partial<Hook>): void {
  change(scene, deploymentId, stored => ({
    ...stored,
    hooks: (stored.hooks ?? []).map(each => (each.id === id ? { ...each, ...by } : each)),
  }));
}
