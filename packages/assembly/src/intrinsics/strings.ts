import { TemplateError } from '../errors.ts';
import { isObject, text } from '../json.ts';
import { type Intrinsic, NO_VALUE, type Scope } from './scope.ts';

/** Longer than any property that AWS takes; joins cannot grow without end. */
const MAX_STRING = 1_000_000;

const join: Intrinsic = (argument, _scope, resolve) => {
  const resolved = Array.isArray(argument) && argument.length === 2 ? argument.map(resolve) : [];
  const [delimiter, list] = resolved;
  const items = Array.isArray(list) ? list.map(text) : [undefined];
  if (typeof delimiter !== 'string' || items.includes(undefined)) {
    throw new TemplateError(
      'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
    );
  }
  return limited(items.join(delimiter));
};

const split: Intrinsic = (argument, _scope, resolve) => {
  const [delimiter, source] = Array.isArray(argument) && argument.length === 2 ? argument.map(resolve) : [];
  if (typeof delimiter !== 'string' || delimiter === '' || typeof source !== 'string') {
    throw new TemplateError(
      'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
    );
  }
  return source.split(delimiter);
};

/** `"text ${Name}"` or `["text ${Name}", { Name: value }]`; `${!Literal}` becomes `${Literal}`. */
const sub: Intrinsic = (argument, scope, resolve) => {
  const { source, variables } = splitSub(argument);
  const values = new Map(Object.entries(variables).map(([name, value]) => [name, resolve(value)]));
  const replaced = source.replace(PLACEHOLDER, (_all, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const value = text(values.has(name) ? values.get(name) : substitute(name, scope));
    if (value === undefined) {
      throw new TemplateError(`Template error: Fn::Sub expression does not resolve to a string: \${${name}}`);
    }
    return value;
  });
  return limited(replaced);
};

const PLACEHOLDER = /\$\{(!?)([^}]*)\}/g;

function substitute(name: string, scope: Scope): unknown {
  const dot = name.indexOf('.');
  return dot < 0 ? scope.ref(name) : scope.attribute(name.slice(0, dot), name.slice(dot + 1));
}

/** The text and the variables of both forms of Fn::Sub. */
export function splitSub(argument: unknown): { source: string; variables: Record<string, unknown> } {
  const [source, variables = {}] = Array.isArray(argument) && argument.length <= 2 ? argument : [argument];
  if (typeof source !== 'string' || !isObject(variables)) {
    throw new TemplateError(
      "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
    );
  }
  return { source, variables };
}

/** The names that the text of an Fn::Sub takes from the template, without its own variables and literals. */
export function namesInSub(argument: unknown): string[] {
  const { source, variables } = splitSub(argument);
  const names = [...source.matchAll(PLACEHOLDER)].filter(match => !match[1]).map(match => match[2] ?? '');
  const wrong = names.find(name => !/^[A-Za-z0-9_.:]+$/.test(name) && !Object.hasOwn(variables, name));
  if (wrong !== undefined) {
    throw new TemplateError(
      'Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons',
    );
  }
  return names.filter(name => !Object.hasOwn(variables, name));
}

const base64: Intrinsic = (argument, _scope, resolve) => {
  const source = text(resolve(argument));
  if (source === undefined) {
    throw new TemplateError('Template error: every Fn::Base64 object must have a String-typed value.');
  }
  return limited(Buffer.from(source).toString('base64'));
};

const toJsonString: Intrinsic = (argument, _scope, resolve) => {
  const value = resolve(argument);
  if (value === NO_VALUE || typeof value !== 'object' || value === null) {
    throw new TemplateError('Template error: every Fn::ToJsonString object requires an object or an array.');
  }
  return limited(JSON.stringify(value));
};

function limited(value: string): string {
  if (value.length > MAX_STRING)
    throw new TemplateError('Template error: a resolved string exceeds 1000000 characters.');
  return value;
}

export const stringFunctions: Record<string, Intrinsic> = {
  'Fn::Join': join,
  'Fn::Split': split,
  'Fn::Sub': sub,
  'Fn::Base64': base64,
  'Fn::ToJsonString': toJsonString,
};
