import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environments, loadEnvironments } from '@slipway/contract';
import { awsAccess } from '../aws/access.ts';
import { foundation, stacksOf } from '../aws/assembly.ts';
import { type Pushed, pushToAws } from '../aws/push.ts';
import { changeLines, changeOf, type StackChange } from '../aws/stack-change.ts';
import { deployStack } from '../aws/stack-deployment.ts';
import { type Checkout, readCheckout } from '../checkout.ts';
import { examineAws } from '../doctor/aws.ts';
import { findingLine } from '../doctor/finding.ts';
import { UserError } from '../errors.ts';
import { contains } from '../history.ts';
import { EXIT_CODES } from '../outcome.ts';
import { duration } from '../render.ts';
import { runsOfCommit } from '../runs.ts';
import { synthesize } from '../synthesis.ts';
import type { Access } from '../target.ts';
import { tellingOf } from '../telling.ts';
import { watch } from '../watch.ts';
import type { World } from '../world.ts';

export interface DeployOptions {
  yes: boolean;
  profile: string[];
  push: boolean;
  follow: boolean;
}

/**
 * `slipway deploy`: from nothing to a platform pipeline that makes the rest, in AWS. Looks first, shows what would be
 * done and asks; deploys repository and tooling, pushes HEAD, deploys the pipeline, and tells how the release goes on. Called again
 * it brings up to date what differs. Returns 1 when something is missing or nobody confirmed, else the code of `wait`.
 */
export async function deploy(world: World, options: DeployOptions): Promise<number> {
  const environments = loadEnvironments(world.root);
  const access = awsAccess(world, options.profile);
  const checkout = await readCheckout(world.root);
  if (!(await isReady(world, access))) return 1;

  const folder = mkdtempSync(join(world.env.TMPDIR ?? tmpdir(), 'slipway-deploy-'));
  const out = join(folder, 'cdk.out');
  const signal = world.interruption();
  try {
    world.say('Synthesizing, with all validators …');
    await synthesize(world.root, out, { validated: true, signal });
    return await carryOut(world, { options, environments, access, checkout, out, signal });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Deployment {
  options: DeployOptions;
  environments: Environments;
  access: Access;
  checkout: Checkout;
  out: string;
  signal: AbortSignal;
}

async function isReady(world: World, access: Access): Promise<boolean> {
  const findings = await examineAws(world, access);
  for (const finding of findings) world.say(findingLine(finding));
  const missing = findings.filter(({ state }) => state === 'missing').length;
  if (missing > 0) world.say(`Nothing was deployed: ${missing} of ${findings.length} are missing.`);
  return missing === 0;
}

async function carryOut(world: World, deployment: Deployment): Promise<number> {
  const { options, environments, access, out, signal } = deployment;
  const product = environments.name;
  const changes: StackChange[] = [];
  for (const stack of foundation(out, product)) changes.push(await changeOf(access.at(stack), stack));
  tellPlan(world, deployment, changes);
  const open = changes.filter(({ kind }) => kind !== 'nothing');
  if (open.length > 0 && !options.yes && !(await confirm(world, product))) {
    world.say('Nothing was deployed.');
    return 1;
  }

  const startedAt = world.now();
  const tell = (line: string): void =>
    world.say(`${duration(world.now() - startedAt).padStart(12)}  ${line}`);
  const pipeline = `${product}-platform-pipeline`;
  let isPushed = false;
  let begun = false;
  for (const { stack, kind } of changes) {
    if (stack.name === pipeline && options.push) {
      const state = await pushHead(world, deployment, tell);
      isPushed = state !== 'by-hand';
      begun = state === 'pushed';
    }
    if (kind === 'nothing') continue;
    const bucket = `${product}-artifacts-${environments.account}-${stack.region}`;
    const done = await deployStack(access.at(stack), stack, { bucket, tell, signal });
    tell(`✓ ${stack.name} is ${done}`);
    if (stack.name === pipeline && done === 'created') begun = isPushed;
  }
  if (open.length === 0 && !begun && (isPushed || !options.push)) {
    world.say('There is nothing to do: a push releases what it affects.');
    return 0;
  }
  if (!begun || !options.follow) {
    world.say('See how it goes on with: npx slipway status --target aws');
    return 0;
  }
  return follow(world, deployment);
}

function tellPlan(world: World, { out }: Deployment, changes: StackChange[]): void {
  world.say('');
  for (const change of changes) for (const line of changeLines(change)) world.say(line);
  const others = stacksOf(out).length - changes.length;
  world.say(`The platform pipeline makes and updates the other ${others} stacks itself, at every push.`);
  world.say('What they cost is in docs/cost.md; "npm run destroy" removes everything again.');
  world.say('');
}

async function confirm(world: World, product: string): Promise<boolean> {
  const typed = await world.ask(`Deploy this? Type ${product}: `);
  if (typed === undefined)
    throw new UserError('There is no terminal to confirm on: --yes deploys without being asked.');
  return typed.trim() === product;
}

/** Pushes HEAD unless it is there, or tells how to. */
async function pushHead(
  world: World,
  deployment: Deployment,
  tell: (line: string) => void,
): Promise<Pushed['state']> {
  const { environments, access, checkout } = deployment;
  if (checkout.uncommitted.length > 0)
    tell(
      `${checkout.head.slice(0, 10)} as committed; ${checkout.uncommitted.length} changed paths are not in it`,
    );
  const { repository } = environments;
  const pushed = await pushToAws({
    ...{
      target: access.home,
      repository,
      root: world.root,
      head: checkout.head,
      env: world.env,
      now: world.now(),
    },
  });
  if (pushed.state === 'pushed') tell(`✓ ${checkout.head.slice(0, 10)} is pushed to ${repository.name}`);
  if (pushed.state === 'by-hand') {
    tell(`Not pushed: ${pushed.why}. Push it yourself, which starts the pipeline:`);
    for (const line of pushed.how) world.say(`    ${line}`);
  }
  return pushed.state;
}

/** Tells the progress of what HEAD set going, a line each, until it settles; Ctrl-C only stops watching. */
async function follow(world: World, { access, environments, checkout, signal }: Deployment) {
  const target = access.home;
  const repository = { directory: world.root };
  const outcome = await watch({
    ...tellingOf(world, target, { target: 'aws' }),
    ...{ target, product: environments.name, say: world.say, now: world.now, signal },
    runs: () =>
      runsOfCommit(target, {
        ...{ product: environments.name, commit: checkout.head },
        contains: (whole, part) => contains(repository, whole, part),
      }),
  });
  for (const line of outcome?.lines ?? ['Not watched any longer; it goes on.']) world.say(line);
  return outcome ? EXIT_CODES[outcome.state] : 0;
}
