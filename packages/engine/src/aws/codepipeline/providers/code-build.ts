import type { ActionRun } from '../action.ts';
import type { Provider } from '../actions.ts';
import type { Outcome } from '../complete-action.ts';
import type { Build, BuildsPort, LogsPort } from '../ports.ts';
import type { Scene } from '../scene.ts';

const TAIL_LINES = 20;

/**
 * Builds and tests by CodeBuild.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
 */
export function codeBuild(scene: Scene, builds: BuildsPort, logs: LogsPort): Provider {
  return {
    step: async run => (run.externalId ? look(run.externalId) : start(run)),
    abandon: run => {
      if (run.externalId) builds.stopBuild(run.externalId);
    },
  };

  async function start(run: ActionRun): Promise<Outcome> {
    const { configuration } = run;
    const project = configuration.ProjectName!;
    const primary = configuration.PrimarySource ?? run.inputs[0]?.name ?? '';
    const id = await builds.startBuild({
      token: run.key,
      project,
      sourceVersion: revisionOf(run, primary),
      inputs: run.inputs,
      ...(configuration.PrimarySource && { primarySource: primary }),
      outputs: run.outputs,
      environment: environmentOf(configuration.EnvironmentVariables),
      initiator: `codepipeline/${run.pipeline}`,
    });
    return {
      state: 'InProgress',
      externalId: id,
      externalUrl: `https://console.aws.amazon.com/codebuild/home?region=${scene.context.region}#/builds/${id}/view/new`,
    };
  }

  /** The commit that an artifact stems from: its own source revision, or that of the execution's first source. */
  function revisionOf(run: ActionRun, artifact: string): string {
    const revisions = scene.tables.executions.get(`${run.pipeline}/${run.execution}`)?.revisions ?? [];
    return (revisions.find(each => each.artifact === artifact) ?? revisions[0])?.revisionId ?? '';
  }

  function look(id: string): Outcome {
    const build = builds.build(id);
    if (!build) return failed(`The build ${id} does not exist any more`);
    if (build.status === 'IN_PROGRESS') return { state: 'InProgress' };
    if (build.status === 'SUCCEEDED') return { state: 'Succeeded', variables: build.exportedVariables };
    return failed(explain(build), `Build terminated with state: ${build.status}`);
  }

  function explain(build: Build): string {
    const tail = logs.tail(build.log.group, build.log.stream, TAIL_LINES);
    return [
      `Build terminated with state: ${build.status}${build.phase ? `. Phase: ${build.phase}` : ''}${build.message ? `, Message: ${build.message}` : ''}`,
      ...tail,
    ].join('\n');
  }
}

function environmentOf(json: string | undefined): { name: string; value: string }[] {
  if (!json) return [];
  const variables = JSON.parse(json) as { name: string; value?: unknown }[];
  return variables.map(({ name, value }) => ({ name, value: String(value ?? '') }));
}

function failed(message: string, summary?: string): Outcome {
  return { state: 'Failed', code: 'JobFailed', message, ...(summary && { summary }) };
}
