import { loadEnvironments } from '@slipway/contract';
import { awsAccess } from '../aws/access.ts';
import { retainedBy } from '../destroy/belongings.ts';
import { carryOut } from '../destroy/carry-out.ts';
import { findStacks } from '../destroy/inventory.ts';
import { type DestructionPlan, planDestruction, planLines } from '../destroy/plan.ts';
import { examineAccounts } from '../doctor/accounts.ts';
import { findingLine } from '../doctor/finding.ts';
import { UserError } from '../errors.ts';
import { protectionsOf } from '../protection.ts';
import { duration } from '../render.ts';
import { refuseProtected } from '../stack-deletion.ts';
import type { World } from '../world.ts';

export interface DestroyOptions {
  yes?: string;
  data: boolean;
  yesData?: string;
  roleArn?: string;
  profile: string[];
}

/**
 * `slipway destroy`: removes everything that was made in AWS, in every account and region of environments.yaml, after its
 * name was typed; data only when that was asked for and confirmed as well. Called again it goes on with what is left.
 * Returns 1 when it was not confirmed or something stays that should not, 130 when it was interrupted.
 */
export async function destroy(world: World, options: DestroyOptions): Promise<number> {
  const environments = loadEnvironments(world.root);
  const { name: product } = environments;
  const access = awsAccess(world, options.profile);
  const accounts = await examineAccounts(environments, access);
  for (const finding of accounts) world.say(findingLine(finding));
  if (accounts.some(({ state }) => state === 'missing'))
    throw new UserError(
      'Nothing was touched: every account has to be reached, or something would be forgotten.',
    );

  const stacks = await findStacks(environments, access);
  const retained = await retainedBy(stacks, environments.repository.name);
  const plan = await withProtections(planDestruction(stacks, retained, options.data));
  if (plan.stacks.length + plan.belongings.length === 0) {
    world.say('Nothing is left of it to delete.');
    tellLeft(world, plan.left);
    return 0;
  }
  for (const { target, name } of plan.stacks) await refuseProtected(target, [name]);
  for (const line of planLines(plan)) world.say(line);
  if (!(await confirm(world, product, options))) {
    world.say('Nothing was removed.');
    return 1;
  }

  const startedAt = world.now();
  const tell = (line: string): void =>
    world.say(`${duration(world.now() - startedAt).padStart(12)}  ${line}`);
  const signal = world.interruption();
  const { roleArn } = options;
  const carrying = { product, home: access.home, tell, signal, ...(roleArn && { roleArn }) };
  const done = await carryOut(plan, carrying).catch(error => {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${error.message}\nWhat was deleted stays deleted; call it again to go on from there.`,
    );
  });
  if (!done) {
    world.say(
      'Interrupted: what was begun goes on, the rest is left as it is. Call it again to go on from there.',
    );
    return 130;
  }
  const after = await findStacks(environments, access);
  const unexpected = after.filter(({ name }) => plan.stacks.some(stack => stack.name === name));
  for (const { name } of unexpected) world.say(`✗ ${name} is there again: something still makes it`);
  world.say(unexpected.length === 0 ? `✓ ${product} is removed.` : 'Not everything is removed.');
  tellLeft(world, plan.left);
  return unexpected.length === 0 ? 0 : 1;
}

/** The balancers and instances of a protected environment are parts of its cluster's stack. */
async function withProtections(plan: DestructionPlan): Promise<DestructionPlan> {
  const protections: DestructionPlan['protections'] = new Map();
  for (const stack of plan.stacks.filter(({ kind }) => kind === 'cluster')) {
    const found = await protectionsOf(stack.target, stack.name);
    if (found.length > 0) protections.set(stack, found);
  }
  return { ...plan, protections };
}

async function confirm(world: World, product: string, options: DestroyOptions): Promise<boolean> {
  const ask = async (given: string | undefined, question: string, option: string): Promise<boolean> => {
    if (given !== undefined) return given === product;
    const typed = await world.ask(question);
    if (typed !== undefined) return typed.trim() === product;
    throw new UserError(
      `There is no terminal to confirm on: ${option} ${product} removes without being asked.`,
    );
  };
  if (!(await ask(options.yes, `Type ${product} to delete all of this: `, '--yes'))) return false;
  if (!options.data) return true;
  return ask(
    options.yesData,
    `Tables, buckets, secrets and the repository are lost for good. Type ${product} again: `,
    '--yes-data',
  );
}

function tellLeft(world: World, left: { what: string; why: string }[]): void {
  if (left.length === 0) return;
  world.say('What is left:');
  for (const { what, why } of left) world.say(`  ${what}  (${why})`);
}
