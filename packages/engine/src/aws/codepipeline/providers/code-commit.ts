import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionRun } from '../action.ts';
import type { Provider } from '../actions.ts';
import type { Outcome } from '../complete-action.ts';
import type { ArtifactsPort, GitPort } from '../ports.ts';
import type { Scene } from '../scene.ts';

/** Where a Source action finds its source, and what it tells of it beside the commit. */
interface Place {
  repository: string;
  branch: string;
  /** As a failure names it. */
  called: string;
  variables: Record<string, string>;
}

/**
 * Source from a CodeCommit repository.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeCommit.html
 */
export function codeCommitSource(scene: Scene, git: GitPort, artifacts: ArtifactsPort): Provider {
  return gitSource(
    scene,
    { git, artifacts },
    ({ RepositoryName: repository = '', BranchName: branch = '' }) => ({
      ...{ repository, branch, called: `CodeCommit repository ${repository}` },
      variables: { RepositoryName: repository },
    }),
  );
}

/**
 * Source through a connection: the engine's own repository of the same name stands in for GitHub and the like.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
 */
export function connectionSource(scene: Scene, git: GitPort, artifacts: ArtifactsPort): Provider {
  return gitSource(scene, { git, artifacts }, configuration => {
    const { FullRepositoryId: id = '', BranchName: branch = '', ConnectionArn = '' } = configuration;
    return {
      ...{ repository: localName(id), branch, called: `repository that stands in for ${id}` },
      variables: { FullRepositoryName: id, ConnectionArn },
    };
  });
}

/** The engine's repository that stands in for `owner/name`. */
export function localName(fullRepositoryId: string): string {
  return fullRepositoryId.slice(fullRepositoryId.lastIndexOf('/') + 1);
}

/**
 * A Source action over one of the engine's repositories. The commit is chosen and written down first, then its tree is put into the
 * output artifact, so that a crash in between never changes the commit.
 */
function gitSource(
  scene: Scene,
  { git, artifacts }: { git: GitPort; artifacts: ArtifactsPort },
  placeOf: (configuration: Record<string, string>) => Place,
): Provider {
  return {
    step: run => (run.externalId ? fetchTree(run, run.externalId) : chooseCommit(run)),
  };

  async function chooseCommit(run: ActionRun): Promise<Outcome> {
    const { repository, branch, called } = placeOf(run.configuration);
    const execution = scene.tables.executions.get(`${run.pipeline}/${run.execution}`);
    const override = execution?.overrides.find(each => each.actionName === run.action);
    const id = override?.revisionValue ?? (await git.head(repository, branch));
    if (!id) return failed(`The branch ${branch} of the ${called} does not exist`);
    const commit = await git.commit(repository, id).catch(() => undefined);
    if (!commit) return failed(`The commit ${id} does not exist in the ${called}`);
    return {
      state: 'InProgress',
      externalId: commit.id,
      externalUrl: `https://console.aws.amazon.com/codesuite/codecommit/repositories/${repository}/commit/${commit.id}?region=${scene.context.region}`,
      summary: commit.message.slice(0, 2048),
    };
  }

  async function fetchTree(run: ActionRun, id: string): Promise<Outcome> {
    const { repository, branch, variables } = placeOf(run.configuration);
    const output = run.outputs[0]!;
    const [commit] = await Promise.all([git.commit(repository, id), putTree(run, id)]);
    return {
      state: 'Succeeded',
      variables: {
        AuthorDate: commit.authorDate,
        BranchName: branch,
        CommitId: commit.id,
        CommitMessage: commit.message,
        ...variables,
      },
      revision: {
        actionName: run.action,
        artifact: output.name,
        revisionId: commit.id,
        revisionSummary: run.summary ?? '',
        revisionUrl: run.externalUrl ?? '',
      },
    };
  }

  async function putTree(run: ActionRun, id: string): Promise<void> {
    const { bucket, key } = run.outputs[0]!;
    const folder = join(scene.context.state, 'codepipeline');
    const file = join(folder, `${run.id}.zip`);
    await mkdir(folder, { recursive: true });
    try {
      await rm(file, { force: true });
      await git.archive(placeOf(run.configuration).repository, id, file);
      await artifacts.putObject(bucket, key, file);
    } finally {
      await rm(file, { force: true });
    }
  }
}

function failed(message: string): Outcome {
  return { state: 'Failed', code: 'RevisionUnavailable', message };
}
