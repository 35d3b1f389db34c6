import { TemplateError } from './errors.ts';
import { isObject } from './json.ts';

/** A secret of Secrets Manager as a dynamic reference names it. */
export interface SecretReference {
  /** Name or ARN. */
  secretId: string;
  /** Which field of a JSON secret; the whole text without it. */
  jsonKey?: string;
  versionStage?: string;
  versionId?: string;
}

/** Where dynamic references are looked up; undefined means that there is none. */
export interface DynamicLookups {
  parameter(name: string, version?: number): string | undefined;
  secret(reference: SecretReference): string | undefined;
}

type Service = 'ssm' | 'ssm-secure' | 'secretsmanager';

const REFERENCE = /\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]+)\}\}/g;
const UNKNOWN = /\{\{resolve:([^:{}]*)/;

/**
 * `value` with the dynamic references of `services` replaced, wherever they stand in its strings.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 */
export function resolveDynamicReferences(
  value: unknown,
  services: readonly Service[],
  lookups: DynamicLookups,
): unknown {
  if (typeof value === 'string')
    return value.includes('{{resolve:') ? replace(value, services, lookups) : value;
  if (Array.isArray(value)) return value.map(item => resolveDynamicReferences(item, services, lookups));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveDynamicReferences(item, services, lookups)]),
  );
}

function replace(source: string, services: readonly Service[], lookups: DynamicLookups): string {
  const unknown = source.replace(REFERENCE, '').match(UNKNOWN);
  if (unknown)
    throw new TemplateError(`Could not parse the dynamic reference to "${unknown[1]}" in "${source}".`);
  return source.replace(REFERENCE, (all, service: Service, rest: string) => {
    if (!services.includes(service)) return all;
    const found = service === 'secretsmanager' ? lookups.secret(parseSecret(rest)) : parameter(rest, lookups);
    if (found === undefined) throw new TemplateError(`The dynamic reference ${all} could not be resolved.`);
    return found;
  });
}

function parameter(rest: string, lookups: DynamicLookups): string | undefined {
  const colon = rest.lastIndexOf(':');
  if (colon < 0) return lookups.parameter(rest);
  const version = Number(rest.slice(colon + 1));
  if (!Number.isInteger(version) || version < 1) {
    throw new TemplateError(`Incorrect format is used in the following SSM reference: [${rest}]`);
  }
  return lookups.parameter(rest.slice(0, colon), version);
}

function parseSecret(rest: string): SecretReference {
  const parts = rest.split(':');
  const secretId = parts.splice(0, parts[0] === 'arn' ? 7 : 1).join(':');
  const [kind = 'SecretString', jsonKey, versionStage, versionId] = parts.map(part => part || undefined);
  if (kind !== 'SecretString') {
    throw new TemplateError(`Incorrect format is used in the following secret reference: [${rest}]`);
  }
  return {
    secretId,
    ...(jsonKey ? { jsonKey } : {}),
    ...(versionStage ? { versionStage } : {}),
    ...(versionId ? { versionId } : {}),
  };
}
