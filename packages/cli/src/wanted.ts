import { CodePipelineClient, GetPipelineCommand } from '@aws-sdk/client-codepipeline';
import { UserError } from './errors.ts';
import { commitOf, executionsOf } from './executions.ts';
import { holdsFile } from './history.ts';
import type { Target } from './target.ts';

/**
 * Throws a UserError while a service is still wanted: the newest commit that was pushed has its directory, or the
 * platform pipeline still deploys its pipeline and would make again what is deleted. (A contract that cannot be read has
 * no action there either, so neither of the two tells alone.)
 */
export async function refuseWanted(
  target: Target,
  { product, service, root }: { product: string; service: string; root: string },
): Promise<void> {
  const platform = `${product}-platform`;
  const [newest] = await executionsOf(target, platform);
  const commit = newest && commitOf(newest);
  if (!commit)
    throw new UserError(
      `Nobody can tell yet whether the newest push still has packages/${service}: try again when it is under way.`,
    );
  const short = commit.slice(0, 10);
  const file = `packages/${service}/service.yaml`;
  const held = await holdsFile({ directory: root }, commit, file);
  if (held === undefined)
    throw new UserError(
      `The newest commit that was pushed (${short}) is not in this checkout, so nobody can tell whether it still has packages/${service}: git fetch --all brings it.`,
    );
  if (held)
    throw new UserError(
      `The newest commit that was pushed (${short}) still has packages/${service}: push its removal first.`,
    );
  if (await deploys(target, platform, `${product}-${service}-pipeline`))
    throw new UserError(
      `The platform pipeline still deploys the pipeline of ${service}: its removal has to be rolled out first. npx slipway wait ${short} tells when it is.`,
    );
}

/** Whether the pipeline, as it is now, has an action that deploys this stack. */
async function deploys(target: Target, name: string, stack: string): Promise<boolean> {
  const { pipeline } = await new CodePipelineClient(target).send(new GetPipelineCommand({ name }));
  const actions = (pipeline?.stages ?? []).flatMap(stage => stage.actions ?? []);
  return actions.some(action => action.configuration?.StackName === stack);
}
