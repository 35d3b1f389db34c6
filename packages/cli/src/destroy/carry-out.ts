import { messageOf, UserError } from '../errors.ts';
import { instancesOf, lift, type Protection, releaseCommand } from '../protection.ts';
import { endReleases, forgetVersions, stopRuns } from '../removal.ts';
import { deleteStack } from '../stack-deletion.ts';
import type { Target } from '../target.ts';
import { deleteRetained, type Retained } from './belongings.ts';
import { deletionRoles } from './deletion-role.ts';
import type { FoundStack } from './inventory.ts';
import type { DestructionPlan } from './plan.ts';
import { letSecretsGo } from './secrets.ts';

export interface DestructionOptions {
  product: string;
  home: Target;
  roleArn?: string;
  tell(line: string): void;
  signal: AbortSignal;
}

/**
 * Removes what the plan names, one after the other; false when `signal` came first. What was removed before is not there
 * any more, so a second call goes on where the first one ended. Throws a UserError when something cannot be deleted.
 */
export async function carryOut(plan: DestructionPlan, options: DestructionOptions): Promise<boolean> {
  const { product, tell } = options;
  await using roles = deletionRoles({ product, tell, ...(options.roleArn && { given: options.roleArn }) });
  const deleteAll = async (belongings: Retained[]): Promise<void> => {
    for (const each of belongings) {
      await deleteRetained(each).catch(error => {
        throw new UserError(`${each.kind} ${each.name} could not be deleted: ${messageOf(error)}`);
      });
      tell(`✓ ${each.kind} ${each.name} is deleted`);
    }
  };
  for (const stack of plan.stacks) {
    if (options.signal.aborted) return false;
    if (!(await quieten(stack, options))) return false;
    const role = await roles.roleFor(stack);
    const belongings = plan.belongings.filter(({ stack: of }) => of === stack);
    const letting = { roleArn: role, signal: options.signal };
    if (belongings.some(({ kind }) => kind === 'secret'))
      if (!(await letSecretsGo(stack.target, stack.name, letting))) return false;
    await deleteAll(belongings);
    for (const each of plan.protections.get(stack) ?? []) await release(stack, each, tell);
    if (!(await deleteStack(stack.target, stack.name, options.signal, role))) return false;
    await tidy(stack, options);
    tell(`✓ ${stack.name} is deleted`);
  }
  await deleteAll(plan.belongings.filter(({ stack }) => !plan.stacks.includes(stack)));
  return true;
}

/** Takes off what keeps a stack from being deleted. Throws a UserError with the way where that needs a person. */
async function release(
  { name, target, spot }: FoundStack,
  protection: Protection,
  tell: (line: string) => void,
): Promise<void> {
  if (protection.kind !== 'instances') {
    await lift(target, protection);
    tell(`${protection.kind} ${protection.name} is not protected any more`);
    return;
  }
  const count = await instancesOf(target, name);
  if (count > 0)
    throw new UserError(
      `${count} instances of ${protection.name} are protected, and ${name} would wait for them in vain: ${releaseCommand(protection.name, spot.region)}`,
    );
}

/** Ends what runs by the stack: executions of a pipeline, deployments of a service. */
async function quieten(stack: FoundStack, options: DestructionOptions): Promise<boolean> {
  const { kind, service = 'platform', place } = stack;
  const removal = { ...options, service, at: (): Target => stack.target };
  if (kind === 'platform-pipeline' || kind === 'pipeline') return stopRuns(options.home, removal);
  return kind === 'service' && place ? endReleases(options.home, place, removal) : true;
}

/** What is no part of a stack and goes with it all the same. */
async function tidy(
  { kind, service, place, target }: FoundStack,
  options: DestructionOptions,
): Promise<void> {
  if (kind === 'service' && service && place)
    await forgetVersions(place, { ...options, service, at: () => target });
}
