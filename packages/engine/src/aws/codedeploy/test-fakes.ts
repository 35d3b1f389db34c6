import type { Clock } from '../../core/clock.ts';
import { AwsError } from '../../core/errors.ts';
import type { CodeDeployPorts, TaskSet } from './ports.ts';
import { BLUE, GREEN, PRODUCTION, TEST, targetGroup } from './test-structures.ts';

const RUNNING_AFTER_MS = 1000;
const HEALTHY_AFTER_MS = 2000;
const FADED_AFTER_MS = 4000;
const GONE_AFTER_MS = 1500;
const FUNCTION_TAKES_MS = 1000;

/**
 * How the tasks of a task set behave: `crashes` fail every half second, `mute` ones run and never answer, and those
 * that `fade` answer for two seconds only.
 */
export type Behaviour = 'healthy' | 'crashes' | 'mute' | 'fades';

/** What a function does a second after it was invoked: puts a verdict, says nothing, or fails for good. */
export type Verdict = 'Succeeded' | 'Failed' | 'silent' | 'throws';

interface FakeInvocation {
  id: string;
  token: string;
  name: string;
  event: { DeploymentId: string; LifecycleEventHookExecutionId: string };
  at: number;
  put: boolean;
}

interface FakeTaskSet {
  id: string;
  token: string;
  taskDefinition: string;
  targetGroupArn: string;
  created: number;
  behaviour: Behaviour;
  primary: boolean;
  deleted?: number;
}

/**
 * A cluster and a balancer in memory that behave: tasks take time to be healthy and to be gone, and the balancer notes
 * as a violation every weight that leads to a target group without a healthy target while the other one has some.
 */
export function createFakes(clock: Clock) {
  const taskSets: FakeTaskSet[] = [];
  const invocations: FakeInvocation[] = [];
  const weights: Record<string, Record<string, number>> = {
    [PRODUCTION]: { [BLUE]: 1 },
    [TEST]: { [BLUE]: 1 },
  };
  const fakes = {
    desired: 2,
    /** By task definition. */
    behaviours: {} as Record<string, Behaviour>,
    alarms: [] as string[],
    /** By name: those that are there, and what they do. */
    functions: { check: 'Succeeded' } as Record<string, Verdict>,
    invocations,
    /** Called after every effect, before its caller goes on: a test kills the engine here. */
    afterEffect: (_effect: string): void => {},
    effects: [] as string[],
    violations: [] as string[],
    weights,
    taskSets,
    /** Verdicts that are due and nobody has taken yet: whoever takes one marks it. */
    dueVerdicts: () =>
      invocations.filter(each => {
        const due = clock.now() - each.at >= FUNCTION_TAKES_MS;
        return due && !each.put && ['Succeeded', 'Failed'].includes(fakes.functions[each.name] ?? '');
      }),
    live: () => taskSets.filter(each => !isGone(each)).map(each => each.taskDefinition),
    primary: () => taskSets.find(each => each.primary)?.taskDefinition,
    /** What a percent of production traffic on each target group is now. */
    shares: () => weights[PRODUCTION],
  };
  const isGone = (each: FakeTaskSet): boolean =>
    each.deleted !== undefined && clock.now() - each.deleted >= GONE_AFTER_MS;
  const behaviourOf = (each: FakeTaskSet): Behaviour =>
    fakes.behaviours[each.taskDefinition] ?? each.behaviour;
  const isHealthy = (each: FakeTaskSet): boolean =>
    each.deleted === undefined &&
    ['healthy', 'fades'].includes(behaviourOf(each)) &&
    clock.now() - each.created >= HEALTHY_AFTER_MS &&
    !(behaviourOf(each) === 'fades' && clock.now() - each.created >= FADED_AFTER_MS);
  const healthy = (arn: string): number =>
    taskSets.some(each => each.targetGroupArn === arn && isHealthy(each)) ? fakes.desired : 0;
  const view = (each: FakeTaskSet): TaskSet => {
    const age = clock.now() - each.created;
    const runs = age >= RUNNING_AFTER_MS && behaviourOf(each) !== 'crashes';
    const failedTasks = behaviourOf(each) === 'crashes' ? Math.floor(age / 500) : 0;
    return {
      id: each.id,
      status: each.deleted !== undefined ? 'DRAINING' : each.primary ? 'PRIMARY' : 'ACTIVE',
      stabilityStatus: runs ? 'STEADY_STATE' : 'STABILIZING',
      taskDefinition: each.taskDefinition,
      targetGroupArn: each.targetGroupArn,
      desired: fakes.desired,
      running: runs ? fakes.desired : 0,
      pending: runs ? 0 : fakes.desired,
      failedTasks,
      ...(failedTasks > 0 && {
        lastFailure: {
          taskArn: 'arn:task/1',
          reason: 'Essential container in task exited',
          exitCode: 1,
          logTail: ['listening', 'TypeError: boom'],
        },
      }),
    };
  };
  const find = (id: string): FakeTaskSet | undefined =>
    taskSets.find(each => each.id === id && !isGone(each));
  const effect = (name: string): void => {
    fakes.effects.push(name);
    fakes.afterEffect(name);
  };
  const noteViolations = (): void => {
    for (const [group, weight] of Object.entries(weights[PRODUCTION]!)) {
      const others = Object.keys(weights[PRODUCTION]!).filter(each => each !== group);
      if (weight > 0 && healthy(group) === 0 && others.some(each => healthy(each) > 0))
        fakes.violations.push(`production gives ${weight} to ${group}, which has no healthy target`);
    }
  };

  const ports: CodeDeployPorts = {
    ecs: {
      service: (_, name) =>
        name === 'news'
          ? { arn: 'arn:service/news', taskSets: taskSets.filter(each => !isGone(each)).map(view) }
          : undefined,
      createTaskSet: request => {
        const known = taskSets.find(each => each.token === request.token);
        if (known) return known.id;
        if (!request.taskDefinition) throw new AwsError('ClientException', 'no task definition');
        const id = `ecs-svc/${taskSets.length + 1}`;
        const { token, taskDefinition, targetGroupArn } = request;
        const created = clock.now();
        taskSets.push({
          id,
          token,
          taskDefinition,
          targetGroupArn,
          created,
          behaviour: 'healthy',
          primary: false,
        });
        effect(`create ${taskDefinition}`);
        return id;
      },
      taskSet: id => {
        const each = find(id);
        return each && view(each);
      },
      taskReports: id => {
        const each = find(id);
        if (!each) return [];
        const health = isHealthy(each)
          ? { state: 'healthy' }
          : { state: 'unhealthy', description: 'Health checks failed with these codes: [500]' };
        return Array.from({ length: fakes.desired }, (_, at) => ({
          taskArn: `arn:task/${each.taskDefinition}/${at}`,
          lastStatus: 'RUNNING',
          health,
          logTail: ['listening on 3000', 'GET /news/healthz: database is missing'],
        }));
      },
      setPrimaryTaskSet: id => {
        for (const each of taskSets) each.primary = each.id === id;
        effect(`primary ${find(id)?.taskDefinition}`);
      },
      deleteTaskSet: id => {
        const each = find(id);
        if (!each || each.deleted !== undefined) return;
        if ((weights[PRODUCTION]?.[each.targetGroupArn] ?? 0) > 0)
          fakes.violations.push(`${each.taskDefinition} is deleted while it has production traffic`);
        each.deleted = clock.now();
        effect(`delete ${each.taskDefinition}`);
      },
    },
    elbv2: {
      targetGroupArn: name => (name.startsWith('news-') ? targetGroup(name.slice(5)) : undefined),
      targetHealth: arn =>
        taskSets
          .filter(each => each.targetGroupArn === arn && !isGone(each))
          .flatMap(each =>
            Array.from({ length: fakes.desired }, () => ({
              state: isHealthy(each) ? 'healthy' : each.deleted !== undefined ? 'draining' : 'unhealthy',
            })),
          ),
      weights: (listener, groups) => {
        const of = weights[listener];
        if (!of) throw new AwsError('ListenerNotFound', `no listener ${listener}`);
        return groups.some(group => group in of) ? { ...of } : {};
      },
      setWeights: async (listener, next) => {
        const same = JSON.stringify(weights[listener]) === JSON.stringify(next);
        weights[listener] = { ...next };
        if (listener === PRODUCTION) noteViolations();
        const name = listener === PRODUCTION ? 'production' : 'test';
        // Writing the same weights again is no second effect: after a kill the balancer may not have heard of them.
        if (same) fakes.afterEffect('');
        else effect(`${name} ${next[BLUE]}/${next[GREEN]}`);
        await Promise.resolve();
      },
    },
    functions: {
      hasFunction: name => Object.hasOwn(fakes.functions, name),
      invoke: ({ token, functionName: name, event }) => {
        const known = invocations.find(each => each.token === token);
        if (known) return known.id;
        if (!Object.hasOwn(fakes.functions, name))
          throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
        const id = `request ${invocations.length + 1}`;
        const told = event as FakeInvocation['event'];
        invocations.push({ id, token, name, event: told, at: clock.now(), put: false });
        effect(`invoke ${name}`);
        return id;
      },
      invocation: id => {
        const each = invocations.find(invocation => invocation.id === id);
        if (!each) return undefined;
        const over = clock.now() - each.at >= FUNCTION_TAKES_MS;
        const logTail = ['GET http://127.0.0.1:9080/news/healthz', 'answered 500, not 200'];
        if (!over) return { status: 'InProgress', logTail: [] };
        if (fakes.functions[each.name] !== 'throws') return { status: 'Succeeded', logTail };
        return { status: 'Failed', error: { type: 'TypeError', message: 'fetch failed' }, logTail };
      },
    },
    alarms: { inAlarm: names => names.filter(name => fakes.alarms.includes(name)) },
  };
  const seed: FakeTaskSet = {
    id: 'ecs-svc/0',
    token: 'seed',
    taskDefinition: 'news:1',
    targetGroupArn: BLUE,
    created: clock.now() - 60_000,
    behaviour: 'healthy',
    primary: true,
  };
  taskSets.push(seed);
  return Object.assign(fakes, { ports });
}
