import { AwsError } from '../../core/errors.ts';
import type { Properties } from '../../core/resource.ts';

const MAX_VARIABLES_BYTES = 4096;

/** Variables that belong to the runtime. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const RESERVED = new Set([
  ...['_HANDLER', '_X_AMZN_TRACE_ID', 'AWS_DEFAULT_REGION', 'AWS_REGION', 'AWS_EXECUTION_ENV'],
  ...['AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 'AWS_LAMBDA_FUNCTION_VERSION'],
  ...['AWS_LAMBDA_INITIALIZATION_TYPE', 'AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME'],
  ...['AWS_ACCESS_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
  ...['AWS_LAMBDA_RUNTIME_API', 'LAMBDA_TASK_ROOT', 'LAMBDA_RUNTIME_DIR'],
]);

/** `Environment.Variables`, checked as Lambda does. Throws AwsError InvalidParameterValueException. */
export function environmentVariables(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw refuse('Environment.Variables must be a map');
  const variables = Object.entries(value).map(([name, each]): [string, string] => {
    if (!/^[A-Za-z]\w+$/.test(name)) throw refuse(`'${name}' is not the name of an environment variable`);
    if (typeof each === 'object') throw refuse(`The environment variable ${name} must be a string`);
    return [name, String(each)];
  });
  const reserved = variables.filter(([name]) => RESERVED.has(name)).map(([name]) => name);
  if (reserved.length > 0)
    throw refuse(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  if (Buffer.byteLength(JSON.stringify(Object.fromEntries(variables))) > MAX_VARIABLES_BYTES)
    throw refuse(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the ${MAX_VARIABLES_BYTES / 1024}KB limit.`,
    );
  return Object.fromEntries(variables);
}

export function textIn(properties: Properties, name: string, or: string): string {
  const value = properties[name];
  if (value === undefined || value === null) return or;
  if (typeof value !== 'string') throw refuse(`${name} must be a string`);
  return value;
}

/** A whole number; templates may carry it as a string. */
export function numberIn(
  properties: Properties,
  name: string,
  { or, from, to }: { or: number; from: number; to: number },
): number {
  const value = properties[name];
  const number = value === undefined || value === null ? or : Number(value);
  if (!Number.isInteger(number) || number < from || number > to)
    throw refuse(`${name} must be a whole number from ${from} to ${to}, not ${JSON.stringify(value)}`);
  return number;
}

export function recordIn(properties: Properties, name: string): Properties {
  const value = properties[name] ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) throw refuse(`${name} must be an object`);
  return value as Properties;
}

export function refuse(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}
