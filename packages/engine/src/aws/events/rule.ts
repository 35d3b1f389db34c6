import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import type { Properties } from '../../core/resource.ts';
import type { Table } from '../../core/store.ts';
import { checkPattern, type Pattern } from './pattern.ts';

export interface Target {
  id: string;
  arn: string;
}

export interface Rule {
  name: string;
  arn: string;
  enabled: boolean;
  pattern: Pattern;
  targets: Target[];
  /** Events up to this number came before the rule (or while it was disabled) and are not for it. */
  since: number;
  madeBy: string;
}

export function openRules({ store }: Context): Table<Rule> {
  return store.table('events_rules');
}

/** What a rule asks that is not carried out here. */
const NOT_CARRIED_OUT = ['Input', 'InputPath', 'InputTransformer'];
const PIPELINE = /^arn:[^:]+:codepipeline:[a-z0-9-]+:\d{12}:[A-Za-z0-9.@_-]{1,100}$/;

/** The rule of a template's properties. Throws a sentence for what EventBridge would refuse or is not carried out. */
export function parseRule(
  context: Context,
  name: string,
  properties: Properties,
): Pick<Rule, 'arn' | 'enabled' | 'pattern' | 'targets'> {
  const { EventPattern: pattern, EventBusName: bus, State: state = 'ENABLED' } = properties;
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name)) throw new Error(`"${name.slice(0, 200)}" is no name of a rule`);
  if (properties.ScheduleExpression !== undefined)
    throw new Error('ScheduleExpression of a rule is not carried out locally');
  if (bus !== undefined && bus !== 'default')
    throw new Error(`The event bus ${String(bus)} is not carried out locally`);
  const parsed: unknown = typeof pattern === 'string' ? JSON.parse(pattern) : pattern;
  checkPattern(parsed);
  const targets = Array.isArray(properties.Targets) ? properties.Targets : [];
  return {
    arn: arn('events', context, `rule/${name}`),
    enabled: state !== 'DISABLED',
    pattern: parsed,
    targets: targets.map(parseTarget),
  };
}

function parseTarget(target: Properties): Target {
  const { Id: id, Arn: targetArn } = target;
  if (typeof id !== 'string' || typeof targetArn !== 'string')
    throw new Error('A target of a rule has an Id and an Arn');
  if (!PIPELINE.test(targetArn))
    throw new Error(`The target ${targetArn} of a rule is not carried out locally`);
  const extra = NOT_CARRIED_OUT.find(name => target[name] !== undefined);
  if (extra) throw new Error(`${extra} of the target ${id} is not carried out locally`);
  if (typeof target.RoleArn !== 'string') throw new Error(`RoleArn is required for target ${targetArn}.`);
  return { id, arn: targetArn };
}
