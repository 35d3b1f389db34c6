import { AwsError } from '../../core/errors.ts';
import type { Store, Table } from '../../core/store.ts';
import type { ActionRun } from './action.ts';
import { type Execution, isOver } from './execution.ts';
import type { Job } from './job.ts';
import { openTransition, type Pipeline, type StageRecord } from './pipeline.ts';
import type { PushTrigger } from './triggers.ts';

/** CodePipeline's tables. */
export interface Tables {
  pipelines: Table<Pipeline>;
  stages: Table<StageRecord>;
  executions: Table<Execution>;
  actions: Table<ActionRun>;
  /** The keys of the actions in progress: what the controller of actions looks at. */
  running: Table<true>;
  /** The jobs of Invoke actions, by id. */
  jobs: Table<Job>;
  /** The pushes that start pipelines by themselves, by `pipeline/source action`. */
  triggers: Table<PushTrigger>;
  /** The execution that a token started, by `pipeline/token`. */
  tokens: Table<string>;
}

export function openTables(store: Store): Tables {
  return {
    pipelines: store.table('codepipeline_pipelines'),
    stages: store.table('codepipeline_stages'),
    executions: store.table('codepipeline_executions'),
    actions: store.table('codepipeline_actions'),
    running: store.table('codepipeline_running'),
    jobs: store.table('codepipeline_jobs'),
    triggers: store.table('codepipeline_triggers'),
    tokens: store.table('codepipeline_tokens'),
  };
}

/** The pipeline of that name. Throws PipelineNotFoundException. */
export function pipelineNamed(tables: Tables, account: string, name: unknown): Pipeline {
  const pipeline = typeof name === 'string' ? tables.pipelines.get(name) : undefined;
  if (!pipeline)
    throw new AwsError(
      'PipelineNotFoundException',
      `Account '${account}' does not have a pipeline with name '${String(name)}'`,
    );
  return pipeline;
}

/** The execution of that id. Throws PipelineExecutionNotFoundException. */
export function executionOf(tables: Tables, pipeline: string, id: unknown): Execution {
  const execution = typeof id === 'string' ? tables.executions.get(`${pipeline}/${id}`) : undefined;
  if (!execution)
    throw new AwsError(
      'PipelineExecutionNotFoundException',
      `The pipeline execution '${String(id)}' was not found in pipeline '${pipeline}'`,
    );
  return execution;
}

export function stageRecord(tables: Tables, pipeline: string, stage: string): StageRecord {
  return tables.stages.get(`${pipeline}/${stage}`) ?? { actions: {}, transition: openTransition };
}

/** The executions that are not over, oldest first. */
export function activeExecutions(tables: Tables, pipeline: Pipeline): Execution[] {
  const { name } = pipeline.declaration;
  return pipeline.active
    .flatMap(id => tables.executions.get(`${name}/${id}`) ?? [])
    .sort((a, b) => a.number - b.number);
}

/** Writes an execution and keeps its pipeline's list of active ones. */
export function putExecution(tables: Tables, execution: Execution): void {
  tables.executions.put(`${execution.pipeline}/${execution.id}`, execution);
  const pipeline = tables.pipelines.get(execution.pipeline);
  if (!pipeline) return;
  const others = pipeline.active.filter(id => id !== execution.id);
  const listed = others.length < pipeline.active.length;
  if (isOver(execution) && listed) tables.pipelines.put(execution.pipeline, { ...pipeline, active: others });
  if (!isOver(execution) && !listed)
    tables.pipelines.put(execution.pipeline, { ...pipeline, active: [...others, execution.id] });
}

/** Writes an action's run and keeps the list of those in progress. */
export function putAction(tables: Tables, run: ActionRun): void {
  tables.actions.put(run.key, run);
  if (run.status === 'InProgress') tables.running.put(run.key, true);
  else tables.running.delete(run.key);
}
