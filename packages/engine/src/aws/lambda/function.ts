import { createHash } from 'node:crypto';
import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import type { Properties } from '../../core/resource.ts';
import { environmentVariables, numberIn, recordIn, refuse, textIn } from './properties.ts';

const RUNTIMES = ['nodejs22.x', 'nodejs24.x'];
/** CloudFormation's limit of an inline function. */
const MAX_INLINE_BYTES = 4 * 1024 * 1024;

/** A function as its resource describes it, by name. Times are epoch milliseconds. */
export interface LambdaFunction {
  name: string;
  arn: string;
  description: string;
  runtime: string;
  /** `index.<export>`: inline code is the file `index.js`. */
  handler: string;
  role: string;
  environment: Record<string, string>;
  timeoutSeconds: number;
  memoryMiB: number;
  architectures: string[];
  /** Recorded: a function runs in no network but this machine's. */
  vpc?: { SubnetIds?: string[]; SecurityGroupIds?: string[] };
  logGroup: string;
  /** How many invocations may run side by side; undefined: as many as the engine allows. */
  reservedConcurrency?: number;
  tags: Record<string, string>;
  /** SHA-256 of the code, hexadecimal: the key of the code's text. */
  code: string;
  codeBytes: number;
  revision: string;
  modified: number;
  /** The operation that made it. */
  token: string;
}

/**
 * Reads what a template says of a function. Throws AwsError InvalidParameterValueException for what Lambda refuses and
 * for what is not carried out locally: other runtimes, code that is not inline, layers and file systems.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
 */
export function readFunction(
  context: Context,
  properties: Properties,
  of: { name: string; token: string },
): { definition: LambdaFunction; code: string } {
  const { name, token } = of;
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw refuse(`'${name}' is not a valid function name`);
  refuseUnsupported(properties, name);
  const code = readInlineCode(properties, name);
  const logging = recordIn(properties, 'LoggingConfig');
  if (textIn(logging, 'LogFormat', 'Text') !== 'Text')
    throw refuse(`The function ${name} logs as JSON, which is not carried out locally; leave LogFormat out`);
  const reserved = properties.ReservedConcurrentExecutions;
  const definition: LambdaFunction = {
    name,
    arn: arn('lambda', context, `function:${name}`),
    description: textIn(properties, 'Description', ''),
    runtime: String(properties.Runtime),
    handler: readHandler(properties, name),
    role: readRole(properties, name),
    environment: environmentVariables(recordIn(properties, 'Environment').Variables),
    timeoutSeconds: numberIn(properties, 'Timeout', { or: 3, from: 1, to: 900 }),
    memoryMiB: numberIn(properties, 'MemorySize', { or: 128, from: 128, to: 10_240 }),
    architectures: (properties.Architectures as string[] | undefined) ?? ['x86_64'],
    ...(properties.VpcConfig !== undefined && { vpc: recordIn(properties, 'VpcConfig') }),
    logGroup: textIn(logging, 'LogGroup', `/aws/lambda/${name}`),
    ...(reserved !== undefined && {
      reservedConcurrency: numberIn(properties, 'ReservedConcurrentExecutions', { or: 0, from: 0, to: 1000 }),
    }),
    tags: Object.fromEntries(
      ((properties.Tags ?? []) as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
    ),
    code: createHash('sha256').update(code).digest('hex'),
    codeBytes: Buffer.byteLength(code),
    revision: context.ids.uuid(),
    modified: context.clock.now(),
    token,
  };
  return { definition, code };
}

function refuseUnsupported(properties: Properties, name: string): void {
  if ((properties.PackageType ?? 'Zip') !== 'Zip')
    throw refuse(`The function ${name} is an image, which is not carried out locally; give Code.ZipFile`);
  if (!RUNTIMES.includes(String(properties.Runtime)))
    throw refuse(
      `The runtime ${String(properties.Runtime ?? '(none)')} of function ${name} is not carried out locally; these are: ${RUNTIMES.join(', ')}`,
    );
  for (const property of ['Layers', 'FileSystemConfigs']) {
    const value = properties[property];
    if (Array.isArray(value) && value.length > 0)
      throw refuse(`${property} of function ${name} are not carried out locally`);
  }
}

function readInlineCode(properties: Properties, name: string): string {
  const code = recordIn(properties, 'Code');
  const text = code.ZipFile;
  if (typeof text !== 'string')
    throw refuse(
      `The code of function ${name} is not inline (${Object.keys(code).join(', ') || 'nothing is given'}), which is not carried out locally; give its text in Code.ZipFile`,
    );
  if (text === '' || Buffer.byteLength(text) > MAX_INLINE_BYTES)
    throw refuse(`The inline code of function ${name} must have 1 to ${MAX_INLINE_BYTES} bytes`);
  return text;
}

/** Inline code is put into a file named index, so that is what a handler must name. */
function readHandler(properties: Properties, name: string): string {
  const handler = textIn(properties, 'Handler', '');
  if (!/^index\.[\w$]{1,120}$/.test(handler))
    throw refuse(
      `The handler '${handler}' of function ${name} must be index.<export>: inline code is the file index.js`,
    );
  return handler;
}

function readRole(properties: Properties, name: string): string {
  const role = textIn(properties, 'Role', '');
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(role))
    throw refuse(`The role '${role}' of function ${name} is not the ARN of a role`);
  return role;
}
