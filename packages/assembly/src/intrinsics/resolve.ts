import { TemplateError } from '../errors.ts';
import { isObject } from '../json.ts';
import { conditionFunctions } from './conditions.ts';
import { listFunctions } from './lists.ts';
import { referenceFunctions } from './references.ts';
import { type Intrinsic, NO_VALUE, type Scope } from './scope.ts';
import { stringFunctions } from './strings.ts';

const FUNCTIONS = new Map<string, Intrinsic>([
  ...Object.entries(referenceFunctions),
  ...Object.entries(stringFunctions),
  ...Object.entries(listFunctions),
  ...Object.entries(conditionFunctions),
]);

/** Functions that are there only with the transform `AWS::LanguageExtensions`. */
const EXTENSIONS = new Set(['Fn::Length', 'Fn::ToJsonString']);

/**
 * `value` with every intrinsic function resolved; what is `AWS::NoValue` is left out of maps and lists. Returns
 * NO_VALUE when the value itself is that. Throws a TemplateError.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function resolve(value: unknown, scope: Scope): unknown {
  const again = (inner: unknown): unknown => resolve(inner, scope);
  if (Array.isArray(value)) return value.map(again).filter(item => item !== NO_VALUE);
  if (!isObject(value)) return value;
  const call = functionCall(value);
  if (call) return find(call.name, scope)(call.argument, scope, again);
  const entries = Object.entries(value).map(([key, inner]) => [key, again(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== NO_VALUE));
}

/** The intrinsic function that an object calls. `Condition` is one only in conditions, so it is none here. */
export function functionCall(
  value: Record<string, unknown>,
): { name: string; argument: unknown } | undefined {
  const keys = Object.keys(value);
  const name = keys.find(key => key.startsWith('Fn::') || (key === 'Ref' && keys.length === 1));
  if (name === undefined) return undefined;
  if (keys.length > 1) {
    throw new TemplateError(
      `Template error: ${name} must be the only key of its object, found also [${keys.filter(key => key !== name).join(', ')}].`,
    );
  }
  return { name, argument: value[name] };
}

function find(name: string, scope: Scope): Intrinsic {
  const intrinsic = FUNCTIONS.get(name);
  if (!intrinsic) throw new TemplateError(`The function ${name} is not carried out.`);
  if (EXTENSIONS.has(name) && !scope.languageExtensions) {
    throw new TemplateError(`Template error: ${name} needs the transform AWS::LanguageExtensions.`);
  }
  return intrinsic;
}
