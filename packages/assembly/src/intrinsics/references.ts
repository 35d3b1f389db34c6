import { TemplateError } from '../errors.ts';
import { isObject, text } from '../json.ts';
import type { Intrinsic } from './scope.ts';

const ref: Intrinsic = (argument, scope) => {
  if (typeof argument !== 'string') {
    throw new TemplateError('Template error: every Ref object must have a single String value.');
  }
  return scope.ref(argument);
};

/** `["Logical", "Attribute.Name"]` or `"Logical.Attribute.Name"`; the attribute may be a Ref, the logical id not. */
const getAtt: Intrinsic = (argument, scope, resolve) => {
  const [logicalId, written] = splitGetAtt(argument);
  const name = text(resolve(written));
  if (!name) throw new TemplateError(GET_ATT);
  return scope.attribute(logicalId, name);
};

const GET_ATT =
  'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute';

/** The logical id and the attribute as written, of both forms. */
export function splitGetAtt(argument: unknown): [logicalId: string, attribute: unknown] {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    if (dot > 0 && dot < argument.length - 1) return [argument.slice(0, dot), argument.slice(dot + 1)];
  } else if (
    Array.isArray(argument) &&
    argument.length >= 2 &&
    typeof argument[0] === 'string' &&
    argument[0]
  ) {
    const [logicalId, ...rest] = argument;
    return [logicalId, rest.every(part => typeof part === 'string') ? rest.join('.') : rest[0]];
  }
  throw new TemplateError(GET_ATT);
}

const importValue: Intrinsic = (argument, scope, resolve) => {
  const name = text(resolve(argument));
  if (!name)
    throw new TemplateError('Template error: the attribute in Fn::ImportValue must be a non-empty string.');
  return scope.importValue(name);
};

/** `[map, first key, second key]`, and with the language extensions a fourth item `{ DefaultValue }`. */
const findInMap: Intrinsic = (argument, scope, resolve) => {
  if (!Array.isArray(argument) || argument.length < 3 || argument.length > 4)
    throw new TemplateError(FIND_IN_MAP);
  const [name, first, second] = argument.slice(0, 3).map(part => text(resolve(part)));
  if (name === undefined || first === undefined || second === undefined) throw new TemplateError(FIND_IN_MAP);
  const found = scope.mapping(name, first, second);
  if (found !== undefined) return found;
  const fallback = argument[3];
  if (scope.languageExtensions && isObject(fallback) && 'DefaultValue' in fallback) {
    return resolve(fallback.DefaultValue);
  }
  throw new TemplateError(`Template error: Unable to get mapping for ${name}::${first}::${second}`);
};

const FIND_IN_MAP =
  'Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value';

export const referenceFunctions: Record<string, Intrinsic> = {
  Ref: ref,
  'Fn::GetAtt': getAtt,
  'Fn::ImportValue': importValue,
  'Fn::FindInMap': findInMap,
};
