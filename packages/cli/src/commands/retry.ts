import {
  CodePipelineClient,
  GetPipelineStateCommand,
  type PipelineExecutionSummary,
  RetryStageExecutionCommand,
  type StageState,
} from '@aws-sdk/client-codepipeline';
import { loadEnvironments } from '@slipway/contract';
import { UserError } from '../errors.ts';
import { commitOf, executionsOf, pipelineOf } from '../executions.ts';
import { EXIT_CODES } from '../outcome.ts';
import { clearFailedCreations } from '../retry/failed-creation.ts';
import { runOf } from '../runs.ts';
import { operatorAccess, type TargetOptions } from '../target.ts';
import { tellingOf } from '../telling.ts';
import { watch } from '../watch.ts';
import type { World } from '../world.ts';

/**
 * `slipway retry <service>`: runs the failed actions of its newest release again, under the same definition and commit,
 * and tells how it goes on; a stack whose first creation failed is deleted before, no other ever is. Ctrl-C only stops watching. The exit codes are those of `slipway wait`.
 */
export async function retry(
  world: World,
  options: TargetOptions & { service: string; liftProtection?: boolean },
): Promise<number> {
  const { service } = options;
  const access = await operatorAccess(world, options);
  const target = access.home;
  const { name: product } = loadEnvironments(world.root);
  const pipeline = await pipelineOf(target, product, service);
  const client = new CodePipelineClient(target);
  const [newest] = await executionsOf(target, pipeline);
  const { stageStates } = await client.send(new GetPipelineStateCommand({ name: pipeline }));
  const stage = failedStage(service, newest, stageStates ?? []);
  const signal = world.interruption();
  const state = stageStates?.find(({ stageName }) => stageName === stage) ?? {};
  const { liftProtection = false } = options;
  const clearing = { pipeline, stage: state, access, liftProtection, tell: world.say, signal };
  if (!(await clearFailedCreations(clearing))) return 130;
  const id = newest!.pipelineExecutionId!;
  await client
    .send(
      new RetryStageExecutionCommand({
        pipelineName: pipeline,
        stageName: stage,
        pipelineExecutionId: id,
        retryMode: 'FAILED_ACTIONS',
      }),
    )
    .catch(error => {
      if (!/^(StageNotRetryable|NotLatestPipelineExecution)/.test(String(error?.name))) throw error;
      throw new UserError(
        `${stage} of ${service} cannot be retried: ${error.message}. Push a commit instead.`,
      );
    });
  world.say(`Trying ${stage} of ${service} again, commit ${commitOf(newest!)?.slice(0, 10) ?? 'unknown'}.`);

  const outcome = await watch({
    ...tellingOf(world, target, options),
    target,
    product,
    runs: async () => {
      const execution = (await executionsOf(target, pipeline)).find(each => each.pipelineExecutionId === id);
      return execution && [await runOf(target, pipeline, execution)];
    },
    since: new Date(world.now()).toISOString(),
    say: world.say,
    now: world.now,
    signal,
  });
  for (const line of outcome?.lines ?? ['Not watched any longer; it goes on.']) world.say(line);
  return outcome ? EXIT_CODES[outcome.state] : 0;
}

/** The stage at which the newest execution failed. Throws a UserError when it did not. */
export function failedStage(
  service: string,
  newest: PipelineExecutionSummary | undefined,
  stages: StageState[],
): string {
  if (!newest) throw new UserError(`Nothing of ${service} failed: it never ran.`);
  const { pipelineExecutionId: id, status } = newest;
  const commit = commitOf(newest)?.slice(0, 10);
  const failed = stages.findLast(
    ({ latestExecution }) =>
      latestExecution?.pipelineExecutionId === id && /^(Failed|Stopped)$/.test(latestExecution?.status ?? ''),
  );
  if (failed?.stageName && status !== 'InProgress') return failed.stageName;
  throw new UserError(
    `Nothing of ${service} failed: its newest run${commit ? ` (${commit})` : ''} is ${status}.`,
  );
}
