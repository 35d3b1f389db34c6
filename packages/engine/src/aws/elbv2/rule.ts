import { AwsError } from '../../core/errors.ts';
import type { Properties } from '../../core/resource.ts';
import { readActions } from './action.ts';
import { readConditions } from './condition.ts';
import { readInteger, readString } from './input.ts';
import { type Rule, rulesOf } from './rows.ts';
import { requireListener, requireRule, type Scene } from './scene.ts';
import { checkGroups } from './usage.ts';

type Wanted = Pick<Rule, 'listenerArn' | 'priority' | 'conditions' | 'actions'>;

/** @throws {AwsError} ValidationError */
export function readRule(properties: Properties): Wanted {
  return {
    listenerArn: readString(properties.ListenerArn, 'ListenerArn'),
    priority: readInteger(properties.Priority, 'Priority', [1, 50_000]),
    conditions: readConditions(properties.Conditions),
    actions: readActions(properties.Actions, 'Actions'),
  };
}

/** @throws {AwsError} ListenerNotFound, PriorityInUse and those of `checkGroups` */
export function createRule(
  scene: Scene,
  wanted: Wanted,
  owned: { tags: Record<string, string>; token: string },
): Rule {
  const { context, tables, publisher } = scene;
  const listener = requireListener(scene, wanted.listenerArn);
  refuseTakenPriority(scene, wanted);
  checkGroups(scene, listener, wanted.actions);
  const arn = `${listener.arn.replace(':listener/', ':listener-rule/')}/${context.ids.hex(16)}`;
  const row: Rule = { ...wanted, ...owned, arn };
  tables.rules.put(arn, row);
  publisher.changed();
  return row;
}

/** As ModifyRule and SetRulePriorities do: what is given replaces what was there, live weights too. */
export function modifyRule(
  scene: Scene,
  arn: string,
  wanted: Partial<Pick<Rule, 'priority' | 'conditions' | 'actions'>>,
): Rule {
  const row = { ...requireRule(scene, arn), ...wanted };
  if (wanted.priority !== undefined) refuseTakenPriority(scene, row, arn);
  if (wanted.actions) checkGroups(scene, requireListener(scene, row.listenerArn), wanted.actions);
  scene.tables.rules.put(arn, row);
  scene.publisher.changed();
  return row;
}

/** Nothing happens when it is gone. */
export function deleteRule({ tables, publisher }: Scene, arn: string): void {
  tables.rules.delete(arn);
  publisher.changed();
}

function refuseTakenPriority({ tables }: Scene, { listenerArn, priority }: Wanted, own?: string): void {
  const taken = rulesOf(tables, listenerArn).some(rule => rule.priority === priority && rule.arn !== own);
  if (taken) throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`);
}
