import { TemplateError } from './errors.ts';
import { isObject, text } from './json.ts';

/** A parameter as the template declares it. */
export interface ParameterDefinition {
  /** `String`, `Number`, `CommaDelimitedList`, `List<…>`, `AWS::SSM::Parameter::Value<…>` or an AWS-specific type. */
  type: string;
  default?: string;
  description?: string;
  noEcho: boolean;
  allowedValues?: string[];
  allowedPattern?: string;
  constraintDescription?: string;
  minLength?: number;
  maxLength?: number;
  minValue?: number;
  maxValue?: number;
}

/** What a parameter was given and what `Ref` gives for it: a list for list types. */
export interface ParameterValue {
  given: string;
  value: string | string[];
  noEcho: boolean;
  /** For a type of Systems Manager: what the store held. */
  resolved?: string;
}

const TYPES =
  /^(String|Number|CommaDelimitedList|List<(String|Number|AWS::[A-Za-z0-9:]+)>|AWS::[A-Za-z0-9:]+(<.+>)?)$/;
const SSM_VALUE = /^AWS::SSM::Parameter::Value<(.+)>$/;
const MAX_VALUE_BYTES = 4096;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html */
export function parseParameter(name: string, source: unknown): ParameterDefinition {
  const wrong = (what: string): never => {
    throw new TemplateError(`Template format error: Parameter ${name} ${what}.`);
  };
  if (!/^[A-Za-z0-9]{1,255}$/.test(name)) wrong('is non alphanumeric');
  if (!isObject(source)) return wrong('must be an object');
  const { Type: type, Default: standard, AllowedValues: allowed } = source;
  if (typeof type !== 'string' || !TYPES.test(type))
    return wrong(`has an unrecognized type: ${JSON.stringify(type)}`);
  if (allowed !== undefined && !Array.isArray(allowed)) wrong('AllowedValues must be a list');
  const number = (key: string): Record<string, number> => {
    const value = source[key];
    if (value === undefined) return {};
    const parsed = Number(value);
    if (!Number.isFinite(parsed)) wrong(`${key} must be a number`);
    return { [key.charAt(0).toLowerCase() + key.slice(1)]: parsed };
  };
  const string = (key: string): Record<string, string> => {
    const value = text(source[key]);
    return value === undefined ? {} : { [key.charAt(0).toLowerCase() + key.slice(1)]: value };
  };
  if (standard !== undefined && text(standard) === undefined) wrong('Default must be a string');
  return {
    type,
    noEcho: String(source.NoEcho ?? 'false') === 'true',
    ...(Array.isArray(allowed) ? { allowedValues: allowed.map(String) } : {}),
    ...string('Default'),
    ...string('Description'),
    ...string('AllowedPattern'),
    ...string('ConstraintDescription'),
    ...number('MinLength'),
    ...number('MaxLength'),
    ...number('MinValue'),
    ...number('MaxValue'),
  };
}

/** Finds a parameter of Systems Manager; undefined when there is none. */
export type ParameterLookup = (name: string) => string | undefined;

/** Values for all parameters of a template from what was given and the defaults. Throws AWS's sentences. */
export function bindParameters(
  definitions: Map<string, ParameterDefinition>,
  given: Readonly<Record<string, string>>,
  lookup: ParameterLookup,
): Map<string, ParameterValue> {
  const unknown = Object.keys(given).filter(name => !definitions.has(name));
  if (unknown.length > 0) {
    throw new TemplateError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  }
  const valueFor = (name: string, definition: ParameterDefinition): string | undefined =>
    Object.hasOwn(given, name) ? given[name] : definition.default;
  const missing = [...definitions].filter(([name, each]) => valueFor(name, each) === undefined);
  if (missing.length > 0) {
    throw new TemplateError(`Parameters: [${missing.map(([name]) => name).join(', ')}] must have values`);
  }
  return new Map(
    [...definitions].map(([name, each]) => [name, bind(name, each, valueFor(name, each) ?? '', lookup)]),
  );
}

function bind(
  name: string,
  definition: ParameterDefinition,
  given: string,
  lookup: ParameterLookup,
): ParameterValue {
  if (Buffer.byteLength(given) > MAX_VALUE_BYTES) {
    throw new TemplateError(`Parameter '${name}' must not be longer than ${MAX_VALUE_BYTES} bytes`);
  }
  checkConstraints(name, definition, given);
  const { noEcho } = definition;
  const stored = SSM_VALUE.exec(definition.type)?.[1];
  if (stored === undefined) return { given, noEcho, value: typed(definition.type, given) };
  const resolved = lookup(given);
  if (resolved === undefined) {
    throw new TemplateError(`Unable to fetch parameters [${given}] from parameter store for this account.`);
  }
  return { given, noEcho, resolved, value: typed(stored, resolved) };
}

function typed(type: string, value: string): string | string[] {
  if (type !== 'CommaDelimitedList' && !type.startsWith('List<')) return value;
  return value === '' ? [] : value.split(',').map(item => item.trim());
}

function checkConstraints(name: string, definition: ParameterDefinition, given: string): void {
  const { allowedValues, allowedPattern, constraintDescription } = definition;
  const values = [typed(definition.type, given)].flat();
  const refuse = (sentence: string): never => {
    throw new TemplateError(
      constraintDescription
        ? `Parameter '${name}' failed to satisfy constraint: ${constraintDescription}`
        : sentence,
    );
  };
  if (allowedValues && !values.every(value => allowedValues.includes(value))) {
    refuse(`Parameter '${name}' must be one of AllowedValues`);
  }
  if (allowedPattern !== undefined && !values.every(value => matches(name, allowedPattern, value))) {
    refuse(`Parameter '${name}' must match pattern ${allowedPattern}`);
  }
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, minValue, maxValue } = definition;
  if (given.length < minLength) refuse(`Parameter '${name}' must contain at least ${minLength} characters`);
  if (given.length > maxLength) refuse(`Parameter '${name}' must contain at most ${maxLength} characters`);
  if (/^(List<)?Number>?$/.test(definition.type)) {
    for (const value of values) {
      if (value.trim() === '' || !Number.isFinite(Number(value)))
        refuse(`Parameter '${name}' must be a number`);
      if (minValue !== undefined && Number(value) < minValue)
        refuse(`Parameter '${name}' must be a number not less than ${minValue}`);
      if (maxValue !== undefined && Number(value) > maxValue)
        refuse(`Parameter '${name}' must be a number not greater than ${maxValue}`);
    }
  }
}

function matches(name: string, pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(value);
  } catch {
    throw new TemplateError(`Template format error: Parameter ${name} has an invalid AllowedPattern.`);
  }
}
