import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { ActionExecutionDetail } from '@aws-sdk/client-codepipeline';
import { actionsOf, messageIn } from './actions.ts';
import { failingLines, lastOf, MOST_LINES } from './failing-lines.ts';
import { lastLines, linesSince } from './log-lines.ts';
import { shortName } from './render.ts';
import type { Target } from './target.ts';

/** Why an execution failed. */
export interface Failure {
  /** Stage and action. */
  where: string;
  /** One line. */
  reason: string;
  /** What the failing build or task itself said last. */
  lines: string[];
}

const LOG_LINES = 1000;

/** What the failed action of an execution said, and the last words of its build. */
export async function failureOf(target: Target, run: { pipeline: string; id: string }): Promise<Failure> {
  const newestFirst = await actionsOf(target, run);
  const failed = newestFirst.find(action => action.status === 'Failed') ?? newestFirst[0];
  const message = (failed && messageIn(failed)) ?? 'no reason was recorded';
  const [reason = '', ...said] = message.trimEnd().split('\n');
  const where = failed ? `${failed.stageName}/${failed.actionName}` : 'no action';
  const log = failed ? await buildLog(target, failed) : [];
  if (log.length === 0)
    return {
      where,
      reason,
      lines: lastOf(
        said.length > 0 && !isRollout(failed) ? said : [...said, ...(await taskLog(target, run, failed))],
        MOST_LINES,
      ),
    };
  return { where, reason: reason.split('. Phase: ')[0] ?? reason, lines: failingLines(log) };
}

/** What the tasks wrote during a failed deployment, where the deployment itself does not tell: AWS's does not. */
async function taskLog(
  target: Target,
  { pipeline }: { pipeline: string },
  action: ActionExecutionDetail | undefined,
): Promise<string[]> {
  const isRelease = action?.input?.actionTypeId?.provider === 'CodeDeployToECS' || isRollout(action);
  if (!isRelease || !action?.startTime) return [];
  const service = shortName(pipeline);
  const product = pipeline.slice(0, -service.length - 1);
  const group = `/${product}/${action.stageName?.toLowerCase()}/${service}`;
  const lines = await linesSince(target, { group, since: action.startTime.getTime() });
  return (lines ?? []).map(line => line.text);
}

/** A release by ECS's own controller tells what the controller said; what the tasks wrote is in their log alone. */
function isRollout(action: ActionExecutionDetail | undefined): boolean {
  return action?.actionName === 'Rollout' && action.input?.actionTypeId?.provider === 'Lambda';
}

async function buildLog(target: Target, action: ActionExecutionDetail): Promise<string[]> {
  const place = await logOf(target, action);
  return place ? lastLines(target, place, LOG_LINES) : [];
}

/** Where the newest build of an execution wrote its log; undefined when it has none. */
export async function newestBuildLog(
  target: Target,
  run: { pipeline: string; id: string },
): Promise<{ group: string; stream: string } | undefined> {
  for (const action of await actionsOf(target, run)) {
    const place = action.input?.actionTypeId?.category === 'Build' && (await logOf(target, action));
    if (place) return place;
  }
  return undefined;
}

async function logOf(
  target: Target,
  action: ActionExecutionDetail,
): Promise<{ group: string; stream: string } | undefined> {
  const id = action.output?.executionResult?.externalExecutionId;
  if (action.input?.actionTypeId?.provider !== 'CodeBuild' || !id) return undefined;
  const { builds } = await new CodeBuildClient(target).send(new BatchGetBuildsCommand({ ids: [id] }));
  const { groupName: group, streamName: stream } = builds?.[0]?.logs ?? {};
  return group && stream ? { group, stream } : undefined;
}
