import type { Repository } from '@slipway/contract';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { PipelineBlueprint, SourceAction } from './stage.ts';

export interface SourceParts {
  readonly repository: Repository;
  readonly role: IRole;
  readonly output: codepipeline.Artifact;
}

/**
 * The action that fetches the source, of CodeCommit or through a connection: a zip without history, so that no build
 * needs leave to read the repository. It never starts a pipeline by itself; what does is a rule or a trigger.
 */
export function createSource(
  scope: Construct,
  action: SourceAction,
  { repository, role, output }: SourceParts,
): codepipeline.IAction {
  const common = {
    ...{ actionName: action.name, runOrder: action.runOrder, variablesNamespace: action.namespace },
    ...{ role, output, branch: repository.branch },
  };
  if (repository.provider === 'codecommit')
    return new actions.CodeCommitSourceAction({
      ...common,
      repository: codecommit.Repository.fromRepositoryName(scope, 'Repository', repository.name),
      trigger: actions.CodeCommitTrigger.NONE,
    });
  const slash = repository.id.lastIndexOf('/');
  return new actions.CodeStarConnectionsSourceAction({
    ...{ ...common, connectionArn: repository.connection, triggerOnPush: false },
    owner: repository.id.slice(0, slash),
    repo: repository.id.slice(slash + 1),
  });
}

/**
 * What starts a pipeline at a change of a repository behind a connection: with a filter the execution gets exactly the
 * commit of the event. CodeCommit has no such triggers, EventBridge rules stand in there.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html
 */
export function createTrigger(
  { startedBy }: Pick<PipelineBlueprint, 'startedBy'>,
  { repository, sourceAction }: { repository: Repository; sourceAction: codepipeline.IAction },
): codepipeline.TriggerProps | undefined {
  if (repository.provider === 'codecommit' || startedBy === undefined) return undefined;
  const branchesIncludes = [repository.branch];
  const { OPEN, UPDATED } = codepipeline.GitPullRequestEvent;
  return {
    providerType: codepipeline.ProviderType.CODE_STAR_SOURCE_CONNECTION,
    gitConfiguration: {
      sourceAction,
      ...(startedBy === 'push'
        ? { pushFilter: [{ branchesIncludes }] }
        : { pullRequestFilter: [{ branchesIncludes, events: [OPEN, UPDATED] }] }),
    },
  };
}
