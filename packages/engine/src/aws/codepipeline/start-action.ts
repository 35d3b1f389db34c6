import { type ActionRun, actionKey } from './action.ts';
import { type ActionDeclaration, artifactBucket } from './declaration.ts';
import { actionEvent } from './events.ts';
import type { Execution } from './execution.ts';
import type { Pipeline } from './pipeline.ts';
import type { ArtifactLocation } from './ports.ts';
import type { Scene } from './scene.ts';
import { putAction, stageRecord } from './tables.ts';
import { resolveConfiguration, UnresolvedVariable } from './variables.ts';

const DEFAULT_APPROVAL_MINUTES = 7 * 24 * 60;

/** Writes the intent to run an action and returns it; the controller of actions does the rest. */
export function startAction(
  scene: Scene,
  pipeline: Pipeline,
  execution: Execution,
  declaration: ActionDeclaration,
): ActionRun {
  const { context, tables } = scene;
  const stage = pipeline.declaration.stages[execution.at.stage]!.name;
  const of = { pipeline: execution.pipeline, execution: execution.id, stage, action: declaration.name };
  const before = tables.actions.keys(`${of.pipeline}/${of.execution}/${of.stage}/${of.action}/`).length;
  const now = context.clock.now();
  const attempt = before + 1;
  const run: ActionRun = {
    ...of,
    key: actionKey({ ...of, attempt }),
    id: context.ids.uuid(),
    version: execution.version,
    attempt,
    order: context.store.events.last(),
    status: 'InProgress',
    started: now,
    updated: now,
    declaration,
    inputs: declaration.inputArtifacts.flatMap(({ name }) => execution.artifacts[name] ?? []),
    outputs: declaration.outputArtifacts.map(({ name }) => newLocation(scene, pipeline, declaration, name)),
    ...configure(execution, declaration),
    ...(declaration.actionTypeId.category === 'Approval' && {
      approval: {
        token: context.ids.uuid(),
        expires: now + (declaration.timeoutInMinutes ?? DEFAULT_APPROVAL_MINUTES) * 60_000,
      },
    }),
  };
  putAction(tables, run);
  const record = stageRecord(tables, of.pipeline, stage);
  tables.stages.put(`${of.pipeline}/${stage}`, {
    ...record,
    actions: { ...record.actions, [declaration.name]: run.key },
  });
  const place = { arn: pipeline.arn, region: context.region };
  context.store.events.append(actionEvent(place, run, execution.attempt, 'STARTED'));
  if (run.status === 'Failed')
    context.store.events.append(actionEvent(place, run, execution.attempt, 'FAILED'));
  return run;
}

/** The resolved configuration, or why the action fails before it begins. */
function configure(
  execution: Execution,
  declaration: ActionDeclaration,
): Pick<ActionRun, 'configuration'> & Partial<Pick<ActionRun, 'status' | 'error'>> {
  const failed = (message: string) =>
    ({
      configuration: declaration.configuration,
      status: 'Failed',
      error: { code: 'ConfigurationError', message },
    }) as const;
  const missing = declaration.inputArtifacts.find(({ name }) => !execution.artifacts[name]);
  if (missing)
    return failed(
      `The input artifact ${missing.name} does not exist in this execution: the action that makes it has not run`,
    );
  try {
    return { configuration: resolveConfiguration(declaration.configuration, namespacesOf(execution)) };
  } catch (error) {
    if (error instanceof UnresolvedVariable) return failed(error.message);
    throw error;
  }
}

/** The variables of an execution and those that CodePipeline itself gives. */
export function namespacesOf(execution: Execution): Record<string, Record<string, string>> {
  return { ...execution.variables, codepipeline: { PipelineExecutionId: execution.id } };
}

/** Keys look as in AWS: 20 characters of the pipeline, 10 of the artifact, 7 at random. */
function newLocation(
  { context }: Scene,
  { declaration }: Pipeline,
  action: ActionDeclaration,
  name: string,
): ArtifactLocation {
  const key = `${declaration.name.slice(0, 20)}/${name.slice(0, 10)}/${context.ids.hex(7)}`;
  return { name, bucket: artifactBucket(declaration, action.region ?? context.region), key };
}
