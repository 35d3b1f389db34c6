import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Api } from '../../core/api.ts';
import { nameOf } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import { messageOf } from '../../core/errors.ts';
import type { ResourceHandlers } from '../../core/resource.ts';
import { actionController, type Provider } from './actions.ts';
import { pipelineApi } from './api.ts';
import { providerOf } from './declaration.ts';
import type { SourceRevisionOverride, Trigger } from './execution.ts';
import type { CodePipelinePorts } from './ports.ts';
import { executionController } from './progress.ts';
import { cloudFormation } from './providers/cloud-formation.ts';
import { codeBuild } from './providers/code-build.ts';
import { codeCommitSource, connectionSource } from './providers/code-commit.ts';
import { codeDeployToEcs } from './providers/code-deploy-to-ecs.ts';
import { lambdaInvoke } from './providers/lambda.ts';
import { manualApproval } from './providers/manual-approval.ts';
import { pipelineResources } from './resources.ts';
import type { Scene } from './scene.ts';
import { startExecution } from './start-execution.ts';
import { openTables, pipelineNamed } from './tables.ts';
import type { PushTrigger } from './triggers.ts';

export type { CodePipelinePorts } from './ports.ts';

export interface CodePipeline {
  resources: ResourceHandlers;
  api: Api;
  controllers: Controller[];
  /**
   * Starts an execution of a pipeline, given by name or ARN, once per token; returns its id. Throws
   * PipelineNotFoundException, and ValidationException for a revision that is no commit of a source action.
   */
  startPipelineExecution(request: {
    pipeline: string;
    token: string;
    trigger: Trigger;
    sourceRevisions?: SourceRevisionOverride[];
  }): string;
  /** The pushes that start pipelines by triggers of their own, as rules over events see them. */
  pushTriggers(): PushTrigger[];
}

/** CodePipeline: pipelines, their executions and the actions in them. */
export function createCodePipeline(context: Context, ports: CodePipelinePorts): CodePipeline {
  const tables = openTables(context.store);
  const providers: Record<string, Provider> = {};
  const scene: Scene = {
    context,
    tables,
    abandon: run => {
      try {
        providers[providerOf(run.declaration)]?.abandon?.(run);
      } catch (error) {
        context.log(`stopping ${run.externalId} of the abandoned action ${run.action}: ${messageOf(error)}`);
      }
    },
  };
  const build = codeBuild(scene, ports.builds, ports.logs);
  Object.assign(providers, {
    'Source/CodeCommit': codeCommitSource(scene, ports.git, ports.artifacts),
    'Source/CodeStarSourceConnection': connectionSource(scene, ports.git, ports.artifacts),
    'Build/CodeBuild': build,
    'Test/CodeBuild': build,
    'Deploy/CloudFormation': cloudFormation(scene, ports.stacks, ports.artifacts),
    'Deploy/CodeDeployToECS': codeDeployToEcs(scene, ports),
    'Invoke/Lambda': lambdaInvoke(scene, ports),
    'Approval/Manual': manualApproval(context.clock),
  });
  // Half-written source archives of an engine that was killed; whoever needs them writes them again.
  rmSync(join(context.state, 'codepipeline'), { recursive: true, force: true });
  return {
    resources: pipelineResources(scene, { deleteStack: ports.stacks.deleteStack !== undefined }),
    api: pipelineApi(scene, ports),
    controllers: [executionController(scene), actionController(scene, providers)],
    startPipelineExecution: ({ pipeline, ...request }) => {
      const name = nameOf(pipeline);
      pipelineNamed(tables, context.account, name);
      return startExecution(scene, name, request);
    },
    pushTriggers: () => tables.triggers.values(),
  };
}
