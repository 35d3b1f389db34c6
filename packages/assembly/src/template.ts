import { at, TemplateError } from './errors.ts';
import { checkJson, isObject, type JsonObject, section } from './json.ts';
import { type ParameterDefinition, parseParameter } from './parameters.ts';

export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate' | 'Snapshot';

export interface ResourceDefinition {
  /** For instance `AWS::ECS::Service`. */
  type: string;
  properties: JsonObject;
  metadata?: unknown;
  dependsOn: string[];
  /** The name of the condition that decides whether it exists. */
  condition?: string;
  deletionPolicy: DeletionPolicy;
  updateReplacePolicy: DeletionPolicy;
  creationPolicy?: unknown;
  updatePolicy?: unknown;
}

export interface OutputDefinition {
  value: unknown;
  description?: string;
  condition?: string;
  /** The name under which other stacks import it, with its intrinsics. */
  exportName?: unknown;
}

/** A template as it is written, checked in form; intrinsics are not yet resolved. */
export interface Template {
  description?: string;
  /** Whether the transform `AWS::LanguageExtensions` is on: it brings Fn::Length, Fn::ToJsonString and map defaults. */
  languageExtensions: boolean;
  parameters: Map<string, ParameterDefinition>;
  mappings: Map<string, Map<string, Map<string, unknown>>>;
  conditions: Map<string, unknown>;
  resources: Map<string, ResourceDefinition>;
  outputs: Map<string, OutputDefinition>;
}

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Mappings',
  'Conditions',
];
const KNOWN = new Set([...SECTIONS, 'Resources', 'Outputs', 'Transform', 'Rules', 'Hooks']);
const RESOURCE_ATTRIBUTES = new Set([
  ...['Type', 'Properties', 'Metadata', 'DependsOn', 'Condition', 'DeletionPolicy', 'UpdateReplacePolicy'],
  ...['CreationPolicy', 'UpdatePolicy', 'Version'],
]);
const POLICIES = ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'];
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const LIMITS = { Parameters: 200, Mappings: 200, Conditions: 500, Resources: 500, Outputs: 200 } as const;

/** The template of an object parsed from JSON. Throws a TemplateError that names the stack and the logical id. */
export function parseTemplate(source: unknown, stackName?: string): Template {
  return at({ stackName }, () => {
    checkJson(source);
    if (!isObject(source)) throw new TemplateError('Template format error: unsupported structure.');
    checkSections(source);
    const description = source.Description;
    return {
      ...(typeof description === 'string' ? { description } : {}),
      languageExtensions: parseTransform(source.Transform),
      parameters: parseSection(source, 'Parameters', parseParameter),
      mappings: parseSection(source, 'Mappings', parseMapping),
      conditions: parseSection(source, 'Conditions', (_name, value) => value),
      resources: parseResources(source),
      outputs: parseSection(source, 'Outputs', parseOutput),
    };
  });
}

function checkSections(source: JsonObject): void {
  const unknown = Object.keys(source).filter(key => !KNOWN.has(key));
  if (unknown.length > 0) {
    throw new TemplateError(`Invalid template property or properties [${unknown.join(', ')}]`);
  }
  const version = source.AWSTemplateFormatVersion;
  if (version !== undefined && version !== '2010-09-09') {
    throw new TemplateError(
      `Template format error: ${String(version)} is not a supported value for AWSTemplateFormatVersion.`,
    );
  }
  for (const key of ['Rules', 'Hooks']) {
    if (source[key] !== undefined) throw new TemplateError(`The template section ${key} is not carried out.`);
  }
}

function parseTransform(value: unknown): boolean {
  const transforms = value === undefined ? [] : Array.isArray(value) ? value : [value];
  for (const each of transforms) {
    if (each !== 'AWS::LanguageExtensions') {
      throw new TemplateError(`The transform ${JSON.stringify(each)} is not carried out.`);
    }
  }
  return transforms.length > 0;
}

function parseSection<T>(
  source: JsonObject,
  name: keyof typeof LIMITS,
  parse: (name: string, value: unknown) => T,
): Map<string, T> {
  const entries = section(source[name], name);
  if (entries.size > LIMITS[name]) {
    throw new TemplateError(
      `Template format error: Number of ${name.toLowerCase()}, ${entries.size}, is greater than maximum allowed, ${LIMITS[name]}`,
    );
  }
  return new Map([...entries].map(([key, value]) => [key, parse(key, value)]));
}

function parseMapping(name: string, value: unknown): Map<string, Map<string, unknown>> {
  const what = `Mapping ${name}`;
  return new Map(
    [...section(value, what)].map(([key, inner]) => [key, section(inner, `${what} key ${key}`)]),
  );
}

function parseResources(source: JsonObject): Map<string, ResourceDefinition> {
  const resources = parseSection(source, 'Resources', (logicalId, value) =>
    at({ logicalId }, () => parseResource(logicalId, value)),
  );
  if (resources.size === 0) {
    throw new TemplateError('Template format error: At least one Resources member must be defined.');
  }
  return resources;
}

function parseResource(logicalId: string, value: unknown): ResourceDefinition {
  if (!/^[A-Za-z0-9]{1,255}$/.test(logicalId)) {
    throw new TemplateError(`Template format error: Resource name ${logicalId} is non alphanumeric.`);
  }
  if (!isObject(value)) throw new TemplateError('Template format error: Resource must be an object.');
  const unknown = Object.keys(value).find(key => !RESOURCE_ATTRIBUTES.has(key));
  if (unknown) throw new TemplateError(`Invalid template resource property '${unknown}'`);
  const { Type: type, Properties: properties = {}, Condition: condition } = value;
  if (typeof type !== 'string' || !/^[A-Za-z0-9]+(::[A-Za-z0-9@_-]+){1,3}$/.test(type)) {
    throw new TemplateError(`Template format error: Resource ${logicalId} has no valid Type.`);
  }
  if (!isObject(properties)) throw new TemplateError('Template format error: Properties must be an object.');
  if (condition !== undefined && typeof condition !== 'string') {
    throw new TemplateError('Template format error: Condition must be the name of a condition.');
  }
  return {
    type,
    properties,
    dependsOn: parseDependsOn(value.DependsOn),
    deletionPolicy: parsePolicy(value.DeletionPolicy, 'DeletionPolicy'),
    updateReplacePolicy: parsePolicy(value.UpdateReplacePolicy, 'UpdateReplacePolicy'),
    ...(condition === undefined ? {} : { condition }),
    ...(value.Metadata === undefined ? {} : { metadata: value.Metadata }),
    ...(value.CreationPolicy === undefined ? {} : { creationPolicy: value.CreationPolicy }),
    ...(value.UpdatePolicy === undefined ? {} : { updatePolicy: value.UpdatePolicy }),
  };
}

function parseDependsOn(value: unknown): string[] {
  const names = value === undefined ? [] : Array.isArray(value) ? value : [value];
  if (!names.every(name => typeof name === 'string')) {
    throw new TemplateError('Template format error: DependsOn must be a string or list of strings.');
  }
  return names;
}

function parsePolicy(value: unknown = 'Delete', what: string): DeletionPolicy {
  if (!POLICIES.includes(value as string)) {
    throw new TemplateError(`Template format error: Unrecognized ${what} ${JSON.stringify(value)}.`);
  }
  return value as DeletionPolicy;
}

function parseOutput(name: string, value: unknown): OutputDefinition {
  if (!isObject(value) || value.Value === undefined) {
    throw new TemplateError(`Template format error: Output ${name} is malformed: it has no Value.`);
  }
  const { Description: description, Condition: condition, Export: exported } = value;
  if (exported !== undefined && (!isObject(exported) || exported.Name === undefined)) {
    throw new TemplateError(`Template format error: Output ${name} is malformed: Export has no Name.`);
  }
  return {
    value: value.Value,
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof condition === 'string' ? { condition } : {}),
    ...(exported === undefined ? {} : { exportName: (exported as JsonObject).Name }),
  };
}
