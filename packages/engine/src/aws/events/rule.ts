import { arn, nameOf } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import type { Properties } from '../../core/resource.ts';
import type { Table } from '../../core/store.ts';
import { checkPattern, type Pattern } from './pattern.ts';
import type { PushTrigger } from './ports.ts';

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
  /** What its other targets would do in AWS; kept, and not done here. */
  recorded?: string[];
  /** Events up to this number came before the rule (or while it was disabled) and are not for it. */
  since: number;
  madeBy: string;
}

export function openRules({ store }: Context): Table<Rule> {
  return store.table('events_rules');
}

/** What a rule asks that is not carried out here. */
const NOT_CARRIED_OUT = ['Input', 'InputPath', 'InputTransformer'];
/** Targets that are kept with the rule and not called, by their service. */
const RECORDED: Record<string, string> = {
  sns: 'messages of SNS topics are not sent',
  codebuild: 'builds of pull requests are not started',
};
const PIPELINE = /^arn:[^:]+:codepipeline:[a-z0-9-]+:\d{12}:[A-Za-z0-9.@_-]{1,100}$/;

/** The rule of a template's properties. Throws a sentence for what EventBridge would refuse or is not carried out. */
export function parseRule(
  context: Context,
  name: string,
  properties: Properties,
): Pick<Rule, 'arn' | 'enabled' | 'pattern' | 'targets' | 'recorded'> {
  const { EventPattern: pattern, EventBusName: bus, State: state = 'ENABLED' } = properties;
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name)) throw new Error(`"${name.slice(0, 200)}" is no name of a rule`);
  if (properties.ScheduleExpression !== undefined)
    throw new Error('ScheduleExpression of a rule is not carried out locally');
  if (bus !== undefined && bus !== 'default')
    throw new Error(`The event bus ${String(bus)} is not carried out locally`);
  const parsed: unknown = typeof pattern === 'string' ? JSON.parse(pattern) : pattern;
  checkPattern(parsed);
  const targets = targetsOf(properties);
  const recorded = notCarriedOut(properties);
  return {
    arn: arn('events', context, `rule/${name}`),
    enabled: state !== 'DISABLED',
    pattern: parsed,
    targets: targets.filter(target => !isRecorded(target)).map(parseTarget),
    ...(recorded.length > 0 && { recorded }),
  };
}

/** What a rule's targets would do that is not done here. */
export function notCarriedOut(properties: Properties): string[] {
  const told = targetsOf(properties).flatMap(target => RECORDED[serviceOf(target)] ?? []);
  return [...new Set(told)];
}

/** A trigger as the rule that does the same. */
export function ruleOfTrigger({ pipelineArn, repository, branches, since }: PushTrigger): Rule {
  return {
    ...{ name: `trigger of ${nameOf(pipelineArn)}`, arn: pipelineArn, enabled: true, since, madeBy: '' },
    pattern: {
      source: ['aws.codecommit'],
      'detail-type': ['CodeCommit Repository State Change'],
      detail: {
        event: ['referenceCreated', 'referenceUpdated'],
        referenceType: ['branch'],
        repositoryName: [repository],
        referenceName: branches.map(wildcard => ({ wildcard })),
      },
    },
    targets: [{ id: 'Pipeline', arn: pipelineArn }],
  };
}

function targetsOf({ Targets }: Properties): Properties[] {
  return Array.isArray(Targets) ? Targets : [];
}

function isRecorded(target: Properties): boolean {
  return typeof target.Id === 'string' && RECORDED[serviceOf(target)] !== undefined;
}

function serviceOf({ Arn }: Properties): string {
  return typeof Arn === 'string' ? (Arn.split(':')[2] ?? '') : '';
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
