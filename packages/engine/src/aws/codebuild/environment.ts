import { delimiter, dirname, join } from 'node:path';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { CodeBuildPorts } from './ports.ts';
import { compiledDirectory, secondaryDirectory, sourceDirectory } from './runner/places.ts';
import type { Build, Variable } from './tables.ts';

/**
 * What a build starts with: nothing of the user's own environment. `base` gives way to the buildspec's variables,
 * `project` does not. Throws AwsError for a variable that cannot be had.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
 */
export function buildEnvironment(context: Context, ports: CodeBuildPorts, build: Build, directory: string) {
  return {
    base: { ...machine(context, ports, directory), ...codeBuildVariables(context, build, directory) },
    project: {
      ...ports.credentials.environment(
        build.definition.serviceRole,
        `AWSCodeBuild-${build.id.split(':')[1]}`,
      ),
      ...resolved(build.definition.environment.variables, ports),
      ...resolved(build.variables, ports),
    },
  };
}

function machine(context: Context, { options }: CodeBuildPorts, directory: string): Record<string, string> {
  const path = [
    join(directory, 'bin'),
    dirname(options.node),
    ...(options.tools ?? []),
    '/usr/local/bin',
    '/usr/bin',
    '/bin',
  ];
  return {
    PATH: path.join(delimiter),
    HOME: join(directory, 'home'),
    TMPDIR: join(directory, 'tmp'),
    LANG: 'C.UTF-8',
    CI: 'true',
    // The directories above are the user's: git looks for no repository there.
    GIT_CEILING_DIRECTORIES: directory,
    npm_config_update_notifier: 'false',
    TURBO_TELEMETRY_DISABLED: '1',
    // Shared by builds: turbo writes each entry beside its place and moves it there.
    TURBO_CACHE_DIR: join(context.state, 'turbo'),
    // A module that a build before this one compiled is not compiled again.
    NODE_COMPILE_CACHE: compiledDirectory({ directory }),
    NODE_COMPILE_CACHE_PORTABLE: '1',
    ...options.environment,
  };
}

function codeBuildVariables(context: Context, build: Build, directory: string): Record<string, string> {
  const [primary, ...secondary] = build.inputs;
  const places = secondary
    .filter(({ name }) => /^\w+$/.test(name))
    .map(({ name }) => [`CODEBUILD_SRC_DIR_${name}`, secondaryDirectory({ directory }, name)]);
  return {
    AWS_REGION: context.region,
    AWS_DEFAULT_REGION: context.region,
    CODEBUILD_BUILD_ARN: build.arn,
    CODEBUILD_BUILD_ID: build.id,
    CODEBUILD_BUILD_IMAGE: build.definition.environment.image,
    CODEBUILD_BUILD_NUMBER: String(build.number),
    CODEBUILD_BUILD_SUCCEEDING: '1',
    CODEBUILD_INITIATOR: build.initiator,
    CODEBUILD_LOG_PATH: build.log.stream,
    CODEBUILD_RESOLVED_SOURCE_VERSION: build.sourceVersion,
    CODEBUILD_SOURCE_REPO_URL: '',
    CODEBUILD_SOURCE_VERSION: primary ? `arn:aws:s3:::${primary.bucket}/${primary.key}` : '',
    CODEBUILD_SRC_DIR: sourceDirectory({ directory }),
    CODEBUILD_START_TIME: String(build.start),
    ...Object.fromEntries(places),
  };
}

function resolved(variables: Variable[], ports: CodeBuildPorts): Record<string, string> {
  return Object.fromEntries(variables.map(variable => [variable.name, resolve(variable, ports)]));
}

function resolve({ name, value, type }: Variable, { parameter }: CodeBuildPorts): string {
  if (type === 'PLAINTEXT') return value;
  if (type === 'SECRETS_MANAGER') {
    throw new AwsError(
      'Secrets Manager Error',
      `${name} is a secret, and Secrets Manager is not carried out locally`,
    );
  }
  const found = parameter(value);
  if (found !== undefined) return found;
  throw new AwsError(
    'Decrypted Variables Error',
    `ParameterNotFound: ${name} names the parameter ${value}, which is not there`,
  );
}
