import { AwsError } from '../../core/errors.ts';
import { pipelineEvent } from './events.ts';
import type { Execution, SourceRevisionOverride, Trigger } from './execution.ts';
import type { Pipeline } from './pipeline.ts';
import type { Scene } from './scene.ts';
import { putExecution } from './tables.ts';

/** AWS lets 50 executions wait or run in modes that do not supersede. */
const MOST_ACTIVE = 50;

export interface StartRequest {
  /** The same token starts one execution. */
  token?: string | undefined;
  trigger: Trigger;
  sourceRevisions?: SourceRevisionOverride[] | undefined;
  variables?: { name: string; value: string }[] | undefined;
}

/** Starts an execution and returns its id, or that of the one which this token started before. */
export function startExecution(scene: Scene, name: string, request: StartRequest): string {
  const { context, tables } = scene;
  return context.store.transaction(() => {
    const tokenKey = request.token && `${name}/${request.token}`;
    const earlier = tokenKey ? tables.tokens.get(tokenKey) : undefined;
    if (earlier) return earlier;
    const pipeline = tables.pipelines.get(name)!;
    const overrides = checkOverrides(pipeline, request.sourceRevisions ?? []);
    const variables = resolvePipelineVariables(pipeline, request.variables ?? []);
    const { executionMode, version } = pipeline.declaration;
    if (executionMode !== 'SUPERSEDED' && pipeline.active.length >= MOST_ACTIVE)
      throw new AwsError(
        'ConcurrentPipelineExecutionsLimitExceededException',
        `The pipeline '${name}' has ${MOST_ACTIVE} executions in progress; it cannot have more`,
      );
    const now = context.clock.now();
    const execution: Execution = {
      id: context.ids.uuid(),
      pipeline: name,
      number: pipeline.executions + 1,
      version,
      mode: executionMode,
      status: 'InProgress',
      trigger: request.trigger,
      attempt: 1,
      started: now,
      updated: now,
      overrides,
      revisions: [],
      variables: pipeline.declaration.variables ? { variables } : {},
      artifacts: {},
      at: { stage: 0, entered: false },
      stages: {},
    };
    tables.pipelines.put(name, { ...pipeline, executions: execution.number });
    putExecution(tables, execution);
    if (tokenKey) tables.tokens.put(tokenKey, execution.id);
    context.store.events.append(pipelineEvent(pipeline.arn, execution, 'STARTED'));
    return execution.id;
  });
}

function checkOverrides(pipeline: Pipeline, overrides: SourceRevisionOverride[]): SourceRevisionOverride[] {
  const sources = pipeline.declaration.stages[0]!.actions.map(action => action.name);
  for (const { actionName, revisionType, revisionValue } of overrides) {
    if (!sources.includes(actionName))
      throw new AwsError(
        'ValidationException',
        `The pipeline '${pipeline.declaration.name}' has no source action '${actionName}'; it has: ${sources.join(', ')}`,
      );
    if (revisionType !== 'COMMIT_ID' || !/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(revisionValue))
      throw new AwsError(
        'ValidationException',
        `The source revision of '${actionName}' must be a COMMIT_ID with a full commit id`,
      );
  }
  return overrides;
}

/** Declared variables with their values: given, or by default. Throws ValidationException for others. */
function resolvePipelineVariables(
  pipeline: Pipeline,
  given: { name: string; value: string }[],
): Record<string, string> {
  const declared = pipeline.declaration.variables ?? [];
  const unknown = given.find(each => !declared.some(variable => variable.name === each.name));
  if (unknown)
    throw new AwsError('ValidationException', `The pipeline declares no variable '${unknown.name}'`);
  return Object.fromEntries(
    declared.map(({ name, defaultValue }) => {
      const value = given.find(each => each.name === name)?.value ?? defaultValue;
      if (value === undefined)
        throw new AwsError('ValidationException', `The pipeline variable '${name}' has no value`);
      return [name, value];
    }),
  );
}
