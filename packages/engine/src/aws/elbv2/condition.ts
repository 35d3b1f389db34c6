import { invalid, readList, readObject, readOneOf, readString } from './input.ts';
import type { ConditionEntry } from './ports.ts';

/** A condition in AWS's own shape; only the member that belongs to `Field` is there. */
export interface RuleCondition {
  Field: (typeof FIELDS)[number];
  PathPatternConfig?: { Values: string[] };
  HostHeaderConfig?: { Values: string[] };
  HttpRequestMethodConfig?: { Values: string[] };
  HttpHeaderConfig?: { HttpHeaderName: string; Values: string[] };
  QueryStringConfig?: { Values: { Key?: string; Value: string }[] };
}

const FIELDS = ['path-pattern', 'host-header', 'http-request-method', 'http-header', 'query-string'] as const;
const MEMBERS = {
  'path-pattern': 'PathPatternConfig',
  'host-header': 'HostHeaderConfig',
  'http-request-method': 'HttpRequestMethodConfig',
  'http-header': 'HttpHeaderConfig',
  'query-string': 'QueryStringConfig',
} as const;
const LONGEST_VALUE = 128;
const LONGEST_HEADER_NAME = 40;

/**
 * Reads the conditions of a rule, at least one. `source-ip` and regular expressions are refused: on one machine they
 * would never mean what they mean in AWS.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 * @throws {AwsError} ValidationError
 */
export function readConditions(value: unknown): RuleCondition[] {
  const conditions = readList(value, 'Conditions').map(each => readCondition(readObject(each, 'Conditions')));
  if (conditions.length === 0) throw invalid('A rule must have a condition');
  return conditions;
}

function readCondition(condition: Record<string, unknown>): RuleCondition {
  const Field = readOneOf(condition.Field, 'Field', FIELDS);
  const member = MEMBERS[Field];
  const config = condition[member] === undefined ? condition : readObject(condition[member], member);
  if (Field === 'query-string') return { Field, QueryStringConfig: { Values: readQuery(config.Values) } };
  const Values = readValues(config.Values, Field);
  if (Field !== 'http-header') return { Field, [member]: { Values } };
  const HttpHeaderName = readString(config.HttpHeaderName, 'HttpHeaderName', undefined, LONGEST_HEADER_NAME);
  return { Field, HttpHeaderConfig: { HttpHeaderName, Values } };
}

function readValues(value: unknown, field: string): string[] {
  const values = readList(value, field).map(each => readString(each, field, undefined, LONGEST_VALUE));
  if (values.length === 0) throw invalid(`A condition on ${field} must have a value`);
  return values;
}

function readQuery(value: unknown): { Key?: string; Value: string }[] {
  const pairs = readList(value, 'query-string').map(each => readObject(each, 'query-string'));
  if (pairs.length === 0) throw invalid('A condition on query-string must have a value');
  return pairs.map(pair => ({
    ...(pair.Key ? { Key: readString(pair.Key, 'Key', undefined, LONGEST_VALUE) } : {}),
    Value: readString(pair.Value, 'Value', undefined, LONGEST_VALUE),
  }));
}

/** How the API shows a condition: paths and hosts also by the short member. */
export function showCondition(condition: RuleCondition): object {
  const { PathPatternConfig, HostHeaderConfig } = condition;
  const Values = (PathPatternConfig ?? HostHeaderConfig)?.Values;
  return { ...condition, ...(Values ? { Values } : {}) };
}

/** The condition as the balancer checks it. */
export function compileCondition(condition: RuleCondition): ConditionEntry {
  const { Field, HttpHeaderConfig, QueryStringConfig } = condition;
  if (Field === 'http-header')
    return { field: Field, name: HttpHeaderConfig!.HttpHeaderName, values: HttpHeaderConfig!.Values };
  if (Field === 'query-string') {
    const pairs = QueryStringConfig!.Values.map(({ Key, Value }) => ({
      ...(Key ? { key: Key } : {}),
      value: Value,
    }));
    return { field: Field, pairs };
  }
  const config =
    condition.PathPatternConfig ?? condition.HostHeaderConfig ?? condition.HttpRequestMethodConfig;
  return { field: Field, values: config!.Values };
}
