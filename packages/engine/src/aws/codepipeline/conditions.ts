import type { Condition, Rule } from './declaration.ts';
import type { ConditionRun } from './execution.ts';
import { type Namespaces, resolveVariables, UnresolvedVariable } from './variables.ts';

/**
 * Checks the rules of a stage's conditions: met when every rule succeeds. A reference that has no value is an error
 * (never a quiet skip). https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html
 */
export function checkConditions(
  conditions: Condition[],
  variables: Namespaces,
  env: { at: number; uuid(): string },
): ConditionRun {
  const rules: ConditionRun['rules'] = [];
  try {
    for (const rule of conditions.flatMap(condition => condition.rules)) {
      const { met, summary } = checkRule(rule, variables);
      rules.push({ id: env.uuid(), name: rule.name, status: met ? 'Succeeded' : 'Failed', summary });
    }
  } catch (error) {
    if (!(error instanceof UnresolvedVariable)) throw error;
    return { status: 'Errored', summary: error.message, at: env.at, rules };
  }
  const failed = rules.find(rule => rule.status === 'Failed');
  return {
    status: failed ? 'Failed' : 'Succeeded',
    summary: failed?.summary ?? 'All rules succeeded.',
    at: env.at,
    rules,
  };
}

function checkRule(rule: Rule, variables: Namespaces): { met: boolean; summary: string } {
  const value = resolveVariables(rule.configuration.Variable!, variables);
  const expected = resolveVariables(rule.configuration.Value!, variables);
  const operator = rule.configuration.Operator!.toUpperCase();
  const met = compare(operator, value, expected);
  return {
    met,
    summary: `VariableCheck ${met ? 'succeeded' : 'failed'}: '${value}' ${operator} '${expected}'`,
  };
}

function compare(operator: string, value: string, expected: string): boolean {
  switch (operator) {
    case 'EQ':
      return value === expected;
    case 'NE':
      return value !== expected;
    case 'CONTAINS':
      return value.includes(expected);
    case 'MATCHES':
      return matches(value, expected);
    default:
      throw new Error(`validation lets no operator ${operator} pass`);
  }
}

/** The whole value must match, as with Java's `matches`; a pattern that is none matches nothing. */
function matches(value: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(value);
  } catch {
    return false;
  }
}
