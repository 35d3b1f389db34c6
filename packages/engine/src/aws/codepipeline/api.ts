import type { Api } from '../../core/api.ts';
import { nameOf } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import { jobDetails } from './job.ts';
import { putJobFailure, putJobSuccess } from './job-results.ts';
import { operatorArn, putApprovalResult, retryStage, setTransition, stopExecution } from './operate.ts';
import type { CodePipelinePorts } from './ports.ts';
import type { Scene } from './scene.ts';
import { startExecution } from './start-execution.ts';
import { executionOf, pipelineNamed } from './tables.ts';
import { actionDetail, executionDetail, executionSummary, stageState, summaryOf } from './views.ts';

/**
 * CodePipeline's API (target prefix `CodePipeline_20150709`).
 * https://docs.aws.amazon.com/codepipeline/latest/APIReference/Welcome.html
 */
export function pipelineApi(scene: Scene, ports: Pick<CodePipelinePorts, 'credentials'>): Api {
  const { context, tables } = scene;
  const pipelineOf = (name: unknown) => pipelineNamed(tables, context.account, name);
  return {
    service: 'codepipeline',
    protocol: 'json-1.1',
    operations: {
      ListPipelines: input => {
        const { items, nextToken } = page(tables.pipelines.values(), input, 1000);
        return { pipelines: items.map(summaryOf), ...nextToken };
      },

      GetPipeline: ({ name, version }) => {
        const { arn, declaration, created, updated } = pipelineOf(name);
        if (version !== undefined && version !== declaration.version)
          throw new AwsError(
            'PipelineVersionNotFoundException',
            `The engine keeps version ${declaration.version} of pipeline '${name}' only`,
          );
        return {
          pipeline: declaration,
          metadata: { pipelineArn: arn, created: new Date(created), updated: new Date(updated) },
        };
      },

      GetPipelineState: ({ name }) => {
        const pipeline = pipelineOf(name);
        return {
          pipelineName: name,
          pipelineVersion: pipeline.declaration.version,
          stageStates: pipeline.declaration.stages.map(stage => stageState(tables, pipeline, stage)),
          created: new Date(pipeline.created),
          updated: new Date(pipeline.updated),
        };
      },

      ListPipelineExecutions: input => {
        const { declaration } = pipelineOf(input.pipelineName);
        const stage = input.filter?.succeededInStage?.stageName;
        const newestFirst = tables.executions
          .values(`${declaration.name}/`)
          .filter(each => stage === undefined || each.stages[stage]?.status === 'Succeeded')
          .sort((a, b) => b.number - a.number);
        const { items, nextToken } = page(newestFirst, input, 100);
        return { pipelineExecutionSummaries: items.map(executionSummary), ...nextToken };
      },

      GetPipelineExecution: ({ pipelineName, pipelineExecutionId }) => {
        const { declaration } = pipelineOf(pipelineName);
        return {
          pipelineExecution: executionDetail(executionOf(tables, declaration.name, pipelineExecutionId)),
        };
      },

      ListActionExecutions: input => {
        const { declaration } = pipelineOf(input.pipelineName);
        const id =
          input.filter?.pipelineExecutionId ?? input.filter?.latestInPipelineExecution?.pipelineExecutionId;
        const of = id === undefined ? '' : `${executionOf(tables, declaration.name, id).id}/`;
        const newestFirst = tables.actions
          .values(`${declaration.name}/${of}`)
          .sort((a, b) => b.order - a.order);
        const { items, nextToken } = page(newestFirst, input, 100);
        return { actionExecutionDetails: items.map(run => actionDetail(run, context.region)), ...nextToken };
      },

      StartPipelineExecution: ({ name, clientRequestToken, sourceRevisions, variables }, caller) => {
        pipelineOf(name);
        const trigger = { triggerType: 'StartPipelineExecution', triggerDetail: operatorArn(caller) };
        const token = clientRequestToken && `client ${clientRequestToken}`;
        const id = startExecution(scene, name, { token, trigger, sourceRevisions, variables });
        return { pipelineExecutionId: id };
      },

      StopPipelineExecution: input => stopExecution(scene, input),
      RetryStageExecution: input => retryStage(scene, input),
      PutApprovalResult: (input, caller) => putApprovalResult(scene, input, caller),
      GetJobDetails: ({ jobId }) => ({ jobDetails: jobDetails(scene, ports, jobId) }),
      PutJobSuccessResult: input => putJobSuccess(scene, input),
      PutJobFailureResult: input => putJobFailure(scene, input),
      EnableStageTransition: (input, caller) => setTransition(scene, input, true, caller),
      DisableStageTransition: (input, caller) => setTransition(scene, input, false, caller),
      ListTagsForResource: ({ resourceArn }) => ({
        tags: Object.entries(pipelineOf(nameOf(String(resourceArn))).tags).map(([key, value]) => ({
          key,
          value,
        })),
      }),
    },
  };
}

/** A page of `items`; the token is the offset of the next one. */
function page<T>(
  items: T[],
  input: { maxResults?: unknown; nextToken?: unknown },
  most: number,
): { items: T[]; nextToken: { nextToken?: string } } {
  const size = Math.min(Math.max(1, Number(input.maxResults ?? most) || most), most);
  const from = input.nextToken === undefined ? 0 : Number(input.nextToken);
  if (!Number.isSafeInteger(from) || from < 0)
    throw new AwsError('InvalidNextTokenException', 'The next token is not valid');
  const next = from + size;
  return {
    items: items.slice(from, next),
    nextToken: next < items.length ? { nextToken: String(next) } : {},
  };
}
