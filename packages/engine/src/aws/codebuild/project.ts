import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { Properties } from '../../core/resource.ts';
import type { Project, Variable } from './tables.ts';

type Part = Record<string, unknown>;

/**
 * Reads the properties of `AWS::CodeBuild::Project`. Throws AwsError for what cannot be carried out.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codebuild-project.html
 */
export function readProject(
  context: Context,
  properties: Properties,
  { name, token }: { name: string; token: string },
): Project {
  if (!/^[A-Za-z0-9][A-Za-z0-9\-_]{1,254}$/.test(name)) throw invalid(`Project name "${name}" is not valid`);
  const source = part(properties.Source);
  const environment = part(properties.Environment);
  const logs = part(part(properties.LogsConfig).CloudWatchLogs);
  const cache = readCache(part(properties.Cache));
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const description = text(properties.Description);
  const serviceRole = text(properties.ServiceRole);
  const prefix = text(logs.StreamName);
  const limit = properties.ConcurrentBuildLimit;
  const now = context.clock.now();
  return {
    name,
    arn: arn('codebuild', context, `project/${name}`),
    ...(description !== undefined && { description }),
    sourceType: readSourceType(source),
    buildspec: readBuildspecProperty(source),
    environment: {
      type: text(environment.Type) ?? 'LINUX_CONTAINER',
      image: text(environment.Image) ?? '',
      computeType: text(environment.ComputeType) ?? 'BUILD_GENERAL1_SMALL',
      variables: list(environment.EnvironmentVariables).map(readVariable),
    },
    ...(serviceRole !== undefined && { serviceRole }),
    timeoutMinutes: number(properties.TimeoutInMinutes, 60),
    queuedTimeoutMinutes: number(properties.QueuedTimeoutInMinutes, 480),
    ...(cache && { cache }),
    logGroup: text(logs.GroupName) ?? `/aws/codebuild/${name}`,
    ...(prefix !== undefined && { logStreamPrefix: prefix }),
    ...(limit !== undefined && { concurrentBuildLimit: number(limit, 1) }),
    tags: list(properties.Tags).map(tag => ({ key: String(tag.Key), value: String(tag.Value) })),
    token,
    created: now,
    modified: now,
  };
}

function readSourceType(source: Part): Project['sourceType'] {
  const type = source.Type;
  if (type === 'CODEPIPELINE' || type === 'NO_SOURCE' || type === 'CODECOMMIT') return type;
  throw invalid(
    `A source of type ${String(type)} is not carried out locally; CODEPIPELINE and NO_SOURCE are, CODECOMMIT is kept`,
  );
}

/** A buildspec that is more than one line, or JSON, is the text itself; else it names a file of the source. */
function readBuildspecProperty(source: Part): Project['buildspec'] {
  const given = source.BuildSpec ?? 'buildspec.yml';
  if (typeof given !== 'string') throw invalid('BuildSpec must be a text');
  if (given.startsWith('arn:')) throw invalid('A buildspec in S3 is not carried out locally');
  if (given.includes('\n') || given.trimStart().startsWith('{')) return { text: given };
  if (source.Type === 'NO_SOURCE') throw invalid('A project without source needs an inline buildspec');
  return { file: given };
}

function readVariable(variable: Part): Variable {
  const name = String(variable.Name);
  if (!/^[A-Za-z_]\w*$/.test(name)) throw invalid(`"${name}" is no name of an environment variable`);
  const type = variable.Type ?? 'PLAINTEXT';
  if (type !== 'PLAINTEXT' && type !== 'PARAMETER_STORE' && type !== 'SECRETS_MANAGER') {
    throw invalid(`Environment variable ${name} has an unknown type ${String(type)}`);
  }
  return { name, value: String(variable.Value ?? ''), type };
}

function readCache(cache: Part): Project['cache'] {
  const { Type, Location, CacheNamespace, Modes } = cache;
  if (Type === undefined || Type === 'NO_CACHE') return undefined;
  return {
    type: String(Type),
    ...(typeof Location === 'string' && { location: Location }),
    ...(typeof CacheNamespace === 'string' && { namespace: CacheNamespace }),
    ...(Array.isArray(Modes) && { modes: Modes.map(String) }),
  };
}

function part(value: unknown): Part {
  return typeof value === 'object' && value !== null ? (value as Part) : {};
}

function list(value: unknown): Part[] {
  return Array.isArray(value) ? value.map(part) : [];
}

function number(value: unknown, otherwise: number): number {
  const read = Number(value ?? otherwise);
  if (Number.isFinite(read) && read > 0) return read;
  throw invalid(`${String(value)} is not a number above 0`);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidInputException', message);
}
