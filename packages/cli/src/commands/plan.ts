import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { PipelineExecutionSummary } from '@aws-sdk/client-codepipeline';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { definitionHash, loadContracts, loadEnvironments } from '@slipway/contract';
import { commitOf, executionsOf, startExecution } from '../executions.ts';
import { buildInputs } from '../inputs.ts';
import { liveServices } from '../live.ts';
import type { Target } from '../target.ts';
import type { World } from '../world.ts';

/** How long a Source may take to tell its commit: two minutes. */
const ASK_AGAIN_MS = 250;
const MOST_QUESTIONS = 480;

/** What a push affects. */
export interface Plan {
  definition: 'changed' | 'unchanged';
  /** Services whose build's inputs differ from what is live somewhere. */
  affected: string[];
}

/**
 * `slipway plan`: decides what the commit in this checkout affects, judged against what is live, and starts the
 * affected delivery pipelines itself unless the definition changed. Writes shell exports for the buildspec.
 */
export async function plan(world: World, options: { commit: string; out?: string }): Promise<number> {
  const target: Target = {};
  const { services, problems } = loadContracts(world.root);
  for (const problem of problems) world.complain(`${problem.file}:${problem.line}: ${problem.message}`);
  const environments = loadEnvironments(world.root);
  const names = services.map(service => service.name);
  const decided = await decide(world, target, {
    product: environments.name,
    environments: environments.environments.map(environment => environment.name),
    services: names,
  });
  world.say(`The definition is ${decided.definition}.`);
  world.say(
    decided.affected.length ? `Affected: ${decided.affected.join(', ')}.` : 'No service is affected.',
  );
  if (decided.definition === 'unchanged')
    await release(world, { ...options, services: decided.affected.join(' ') });
  if (options.out) {
    const lines = [
      `export DEFINITION=${decided.definition}`,
      `export AFFECTED='${decided.affected.join(' ')}'`,
    ];
    await writeFile(options.out, `${lines.join('\n')}\n`);
  }
  return 0;
}

async function decide(
  world: World,
  target: Target,
  what: { product: string; environments: string[]; services: string[] },
): Promise<Plan> {
  const [recorded, inputs, live] = await Promise.all([
    recordedDefinition(target, what.product),
    buildInputs(world.root, what.services),
    Promise.all(what.environments.map(environment => liveServices(target, { ...what, environment }))),
  ]);
  return {
    definition: recorded === definitionHash(world.root) ? 'unchanged' : 'changed',
    affected: affectedServices(inputs, live),
  };
}

/** Services whose inputs are not those of what runs in every environment. */
export function affectedServices(
  inputs: Record<string, string>,
  live: { service: string; inputs?: string }[][],
): string[] {
  return Object.keys(inputs).filter(service =>
    live.some(environment => environment.find(each => each.service === service)?.inputs !== inputs[service]),
  );
}

async function recordedDefinition(target: Target, product: string): Promise<string | undefined> {
  try {
    const answer = await new SSMClient(target).send(
      new GetParameterCommand({ Name: `/${product}/definition` }),
    );
    return answer.Parameter?.Value;
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return undefined;
    throw error;
  }
}

/**
 * `slipway release`: starts the delivery pipelines of `services` (space separated) at `commit`. A pipeline whose newest
 * run is at this commit already is left alone: it starts itself when it is created.
 */
export async function release(world: World, options: { commit: string; services: string }): Promise<number> {
  const target: Target = {};
  const { name: product } = loadEnvironments(world.root);
  for (const service of options.services.split(/\s+/).filter(Boolean)) {
    const pipeline = `${product}-${service}`;
    const executions = await onceKnown(() => executionsOf(target, pipeline));
    const same = runningHere(executions, options.commit);
    if (same) world.say(`${pipeline} is at ${options.commit} already (${same.status}).`);
    else {
      await startExecution(target, pipeline, options.commit);
      world.say(`Started ${pipeline} at ${options.commit}.`);
    }
  }
  return 0;
}

/**
 * The executions, once the newest one knows its commit: one that has just started knows it when its Source is done, and
 * starting the pipeline meanwhile would release the same commit twice.
 */
export async function onceKnown(
  list: () => Promise<PipelineExecutionSummary[]>,
  pause: () => Promise<unknown> = () => delay(ASK_AGAIN_MS),
): Promise<PipelineExecutionSummary[]> {
  for (let asked = 1; ; asked++) {
    const executions = await list();
    const [newest] = executions;
    const isKnown = newest?.status !== 'InProgress' || commitOf(newest) !== undefined;
    if (isKnown || asked === MOST_QUESTIONS) return executions;
    await pause();
  }
}

/** The newest execution, when it carries the commit already. An older one does not count: something else came after it. */
export function runningHere(
  [newest]: PipelineExecutionSummary[],
  commit: string,
): PipelineExecutionSummary | undefined {
  const good = newest && ['InProgress', 'Succeeded'].includes(newest.status ?? '');
  return good && commitOf(newest) === commit ? newest : undefined;
}
