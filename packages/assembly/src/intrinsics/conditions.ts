import { isDeepStrictEqual } from 'node:util';
import { TemplateError } from '../errors.ts';
import { isObject, text } from '../json.ts';
import type { Intrinsic, Resolve, Scope } from './scope.ts';

/** Only the branch that is taken is resolved. */
const choose: Intrinsic = (argument, scope, resolve) => {
  const { condition, yes, no } = splitIf(argument);
  return resolve(scope.condition(condition) ? yes : no);
};

/** The parts of an Fn::If as written. */
export function splitIf(argument: unknown): { condition: string; yes: unknown; no: unknown } {
  if (!Array.isArray(argument) || argument.length !== 3 || typeof argument[0] !== 'string') {
    throw new TemplateError(
      'Template error: every Fn::If object requires three parameters: the name of a condition, the value if true and the value if false.',
    );
  }
  const [condition, yes, no] = argument;
  return { condition, yes, no };
}

const equals: Intrinsic = (argument, _scope, resolve) => {
  if (!Array.isArray(argument) || argument.length !== 2) {
    throw new TemplateError(
      'Template error: every Fn::Equals object requires a list of 2 string parameters.',
    );
  }
  const [left, right] = argument.map(resolve);
  return isDeepStrictEqual(text(left) ?? left, text(right) ?? right);
};

const and: Intrinsic = (argument, scope, resolve) =>
  several(argument, 'Fn::And').every(each => evaluate(each, scope, resolve));

const or: Intrinsic = (argument, scope, resolve) =>
  several(argument, 'Fn::Or').some(each => evaluate(each, scope, resolve));

const not: Intrinsic = (argument, scope, resolve) => {
  if (!Array.isArray(argument) || argument.length !== 1) {
    throw new TemplateError('Template error: every Fn::Not object requires one boolean parameter.');
  }
  return !evaluate(argument[0], scope, resolve);
};

function several(argument: unknown, name: string): unknown[] {
  if (!Array.isArray(argument) || argument.length < 2 || argument.length > 10) {
    throw new TemplateError(
      `Template error: every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`,
    );
  }
  return argument;
}

/** The truth of a condition: `{ Condition: name }` or a function that gives a boolean. */
export function evaluate(value: unknown, scope: Scope, resolve: Resolve): boolean {
  const name = isObject(value) && Object.keys(value).length === 1 ? value.Condition : undefined;
  const result = typeof name === 'string' ? scope.condition(name) : resolve(value);
  if (typeof result !== 'boolean') {
    throw new TemplateError(
      'Template format error: Conditions can only be boolean operations on parameters and other conditions',
    );
  }
  return result;
}

export const conditionFunctions: Record<string, Intrinsic> = {
  'Fn::If': choose,
  'Fn::Equals': equals,
  'Fn::And': and,
  'Fn::Or': or,
  'Fn::Not': not,
};
