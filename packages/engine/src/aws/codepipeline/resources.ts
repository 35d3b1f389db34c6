import { createHash } from 'node:crypto';
import { arn } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import type {
  Properties,
  ResourceHandler,
  ResourceHandlers,
  ResourceRequest,
  ResourceResult,
} from '../../core/resource.ts';
import type { PipelineDeclaration } from './declaration.ts';
import type { Execution, SourceRevisionOverride } from './execution.ts';
import { openTransition, type Pipeline } from './pipeline.ts';
import { abandonStage } from './progress.ts';
import type { Scene } from './scene.ts';
import { startExecution } from './start-execution.ts';
import { readStructure } from './structure.ts';
import { activeExecutions, stageRecord } from './tables.ts';
import { dropTriggers, keepTriggers, missedTriggers } from './triggers.ts';
import { validateStructure } from './validate.ts';

/** The resource types of CodePipeline that are carried out. */
export function pipelineResources(scene: Scene, carries: { deleteStack: boolean }): ResourceHandlers {
  return { 'AWS::CodePipeline::Pipeline': pipelineHandler(scene, carries) };
}

/**
 * A pipeline starts once when it is created. An update with another structure is a new version: it cancels what runs,
 * pending approvals included, and with RestartExecutionOnUpdate starts the newest of those again at its revisions.
 */
function pipelineHandler(scene: Scene, carries: { deleteStack: boolean }): ResourceHandler {
  const { context, tables } = scene;
  return {
    create: async request =>
      context.store.transaction(() => {
        const name = nameFor(request);
        const existing = tables.pipelines.get(name);
        if (existing?.token === request.token) return resultOf(existing);
        if (existing)
          throw new AwsError(
            'PipelineNameInUseException',
            `A pipeline with the name '${name}' already exists in account '${context.account}'`,
          );
        const declaration = readStructure(request.properties, name, 1);
        validateStructure(declaration, carries);
        const now = context.clock.now();
        const pipeline: Pipeline = {
          arn: arn('codepipeline', context, name),
          declaration,
          created: now,
          updated: now,
          ...settings(request),
          executions: 0,
          active: [],
        };
        tables.pipelines.put(name, pipeline);
        keepTriggers(tables, pipeline.arn, declaration, context.store.events.last());
        setTransitions(scene, name, {}, request.properties);
        startExecution(scene, name, {
          token: `create ${request.token}`,
          trigger: { triggerType: 'CreatePipeline', triggerDetail: request.stack.id },
        });
        return resultOf(pipeline);
      }),

    update: async request => {
      const name = nameFor(request);
      if (name !== request.physicalId) return pipelineHandler(scene, carries).create(request);
      return context.store.transaction(() => {
        const pipeline = tables.pipelines.get(name);
        if (!pipeline)
          throw new AwsError('PipelineNotFoundException', `The pipeline '${name}' does not exist`);
        if (pipeline.token === request.token) return resultOf(pipeline);
        const { version } = pipeline.declaration;
        const declaration = readStructure(request.properties, name, version);
        validateStructure(declaration, carries);
        const same = JSON.stringify(declaration) === JSON.stringify(pipeline.declaration);
        if (!same) changeStructure(scene, pipeline, { ...declaration, version: version + 1 }, request);
        const changed = { ...tables.pipelines.get(name)!, ...settings(request) };
        tables.pipelines.put(name, changed);
        if (!same) keepTriggers(tables, changed.arn, declaration, context.store.events.last());
        setTransitions(scene, name, request.previous, request.properties);
        return resultOf(changed);
      });
    },

    notCarriedOut: properties => missedTriggers(readStructure(properties, 'pipeline', 1)),

    delete: async ({ physicalId: name }) =>
      context.store.transaction(() => {
        const pipeline = tables.pipelines.get(name);
        if (!pipeline) return;
        for (const execution of activeExecutions(tables, pipeline))
          abandonStage(scene, pipeline, execution, 'Cancelled');
        for (const table of [tables.stages, tables.executions, tables.actions, tables.running, tables.tokens])
          for (const key of table.keys(`${name}/`)) table.delete(key);
        for (const job of tables.jobs.values())
          if (job.action.startsWith(`${name}/`)) tables.jobs.delete(job.id);
        dropTriggers(tables, name);
        tables.pipelines.delete(name);
      }),
  };
}

/** Cancels what runs the old structure, then restarts the newest execution where the template asks for it. */
function changeStructure(
  scene: Scene,
  pipeline: Pipeline,
  declaration: PipelineDeclaration,
  request: ResourceRequest,
): void {
  const { context, tables } = scene;
  const { name } = declaration;
  const running = activeExecutions(tables, pipeline);
  for (const execution of running) abandonStage(scene, pipeline, execution, 'Cancelled');
  const emptied = tables.pipelines.get(name)!;
  tables.pipelines.put(name, { ...emptied, declaration, updated: context.clock.now() });
  const stages = declaration.stages.map(stage => `${name}/${stage.name}`);
  for (const key of tables.stages.keys(`${name}/`)) if (!stages.includes(key)) tables.stages.delete(key);
  if (String(request.properties.RestartExecutionOnUpdate) !== 'true') return;
  startExecution(scene, name, {
    token: `restart ${request.token}`,
    trigger: { triggerType: 'StartPipelineExecution', triggerDetail: request.stack.id },
    sourceRevisions: revisionsOf(running.at(-1), declaration),
  });
}

/** What an execution ran, or was told to run, as overrides for one that takes its place. */
function revisionsOf(
  execution: Execution | undefined,
  declaration: PipelineDeclaration,
): SourceRevisionOverride[] {
  if (!execution) return [];
  const found = execution.revisions.map(({ actionName, revisionId }) => ({
    actionName,
    revisionType: 'COMMIT_ID' as const,
    revisionValue: revisionId,
  }));
  const told = execution.overrides.filter(each => !found.some(one => one.actionName === each.actionName));
  const sources = declaration.stages[0]!.actions.map(action => action.name);
  return [...found, ...told].filter(({ actionName }) => sources.includes(actionName));
}

function settings({ properties, stack, token }: ResourceRequest) {
  const tags = (properties.Tags ?? []) as { Key: string; Value: string }[];
  return {
    restartOnUpdate: String(properties.RestartExecutionOnUpdate) === 'true',
    tags: { ...stack.tags, ...Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) },
    token,
  };
}

/** Closes the transitions that the template lists and opens those it no longer lists. */
function setTransitions(scene: Scene, name: string, previous: Properties, next: Properties): void {
  const { context, tables } = scene;
  const listed = (properties: Properties) =>
    (properties.DisableInboundStageTransitions ?? []) as { StageName: string; Reason: string }[];
  const put = (stage: string, transition: typeof openTransition): void =>
    tables.stages.put(`${name}/${stage}`, { ...stageRecord(tables, name, stage), transition });
  for (const { StageName } of listed(previous)) put(StageName, openTransition);
  for (const { StageName, Reason } of listed(next))
    put(StageName, { enabled: false, reason: Reason, changedAt: context.clock.now() });
}

/** The name in the template, or one made of the stack's and the resource's, the same for every attempt. */
function nameFor(request: ResourceRequest & { physicalId?: string }): string {
  const name = request.properties.Name;
  if (typeof name === 'string' && name !== '') return name;
  if (request.physicalId?.startsWith(`${request.stack.name}-${request.logicalId}-`))
    return request.physicalId;
  const suffix = createHash('sha256').update(request.token).digest('hex').slice(0, 12).toUpperCase();
  return `${request.stack.name}-${request.logicalId}-${suffix}`.slice(0, 100);
}

function resultOf(pipeline: Pipeline): ResourceResult {
  const { name, version } = pipeline.declaration;
  return { physicalId: name, attributes: { Version: String(version) } };
}
