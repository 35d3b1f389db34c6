import type { LambdaPorts } from './ports.ts';
import type { Run } from './workplace.ts';

/**
 * The environment of a function's process: what Lambda's runtime sets, and nothing of the engine's own. The function's
 * variables are set by the runner, so that none of them (`NODE_OPTIONS`) can change how Node is started.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function functionEnvironment(
  ports: LambdaPorts,
  { definition, log }: Run,
  place: { task: string; temporary: string },
): Record<string, string> {
  return {
    ...ports.credentials.environment(definition.role, definition.name),
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMiB),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: log.group,
    AWS_LAMBDA_LOG_STREAM_NAME: log.stream,
    _HANDLER: definition.handler,
    LAMBDA_TASK_ROOT: place.task,
    HOME: place.temporary,
    TMPDIR: place.temporary,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
  };
}
