import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnCapabilities } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names, Spot } from '../names.ts';
import { importArtifacts } from '../platform/artifacts.ts';
import { importRole } from '../roles/role.ts';
import { elsewhere } from './elsewhere.ts';
import { createSource, createTrigger } from './source.ts';
import type {
  Action,
  BlueGreenAction,
  BuildAction,
  FunctionAction,
  PipelineBlueprint,
  StackAction,
  Stage,
} from './stage.ts';

export interface PipelineParts {
  readonly names: Names;
  /** The construct's id, where a stack has more than one. */
  readonly id?: string;
  readonly artifactBucket: IBucket;
  readonly pipelineRole: IRole;
  /** Finds a role by its name. */
  readonly role: (name: string) => IRole;
  readonly projects: Readonly<Record<string, codebuild.IProject>>;
}

/** Turns a blueprint into a pipeline, action by action, with the roles given and no others. */
export function buildPipeline(
  scope: Construct,
  blueprint: PipelineBlueprint,
  parts: PipelineParts,
): codepipeline.Pipeline {
  const pipeline = new codepipeline.Pipeline(scope, parts.id ?? 'Pipeline', {
    pipelineName: blueprint.name,
    pipelineType: codepipeline.PipelineType.V2,
    executionMode: codepipeline.ExecutionMode[blueprint.sideBySide ? 'PARALLEL' : 'SUPERSEDED'],
    restartExecutionOnUpdate: blueprint.restartOnUpdate,
    ...artifactStores(scope, blueprint, parts),
    role: parts.pipelineRole,
    variables: Object.entries(blueprint.variables).map(
      ([variableName, { description, default: defaultValue }]) =>
        new codepipeline.Variable({ variableName, description, defaultValue }),
    ),
    usePipelineRoleForActions: true, // for approvals, which have no role; CDK would make one for each
  });
  const artifacts = new Map<string, codepipeline.Artifact>();
  const artifact = (name: string) => {
    const known = artifacts.get(name) ?? new codepipeline.Artifact(name);
    artifacts.set(name, known);
    return known;
  };
  for (const stage of blueprint.stages) {
    const stageActions = stage.actions.map(action => createAction(scope, action, parts, artifact));
    pipeline.addStage({
      stageName: stage.name,
      actions: stageActions,
      ...(stage.onlyIf && { beforeEntry: skipUnless(stage.onlyIf) }),
    });
    const sourceAction = stage.actions[0]?.kind === 'source' ? stageActions[0] : undefined;
    const trigger =
      sourceAction && createTrigger(blueprint, { repository: parts.names.source, sourceAction });
    if (trigger) pipeline.addTrigger(trigger);
  }
  return pipeline;
}

/**
 * One bucket where everything happens at home; else one in each region, to which CodePipeline copies what the actions
 * there read. They are imported by name: CDK would make stacks for them that no pipeline deploys.
 */
function artifactStores(scope: Construct, { stages }: PipelineBlueprint, parts: PipelineParts) {
  const { names, artifactBucket } = parts;
  const away = stages.flatMap(({ actions }) =>
    actions.flatMap(action => ('at' in action ? [action.at!] : [])),
  );
  const further = [...new Set(away.map(({ region }) => region))].filter(region => region !== names.region);
  if (further.length === 0) return { artifactBucket };
  const replicas = further.map(region => [
    region,
    importArtifacts(scope, names.at({ account: names.account, region })),
  ]);
  const crossRegionReplicationBuckets = Object.fromEntries([[names.region, artifactBucket], ...replicas]);
  return { crossRegionReplicationBuckets };
}

/**
 * A rule that fails makes its condition fail, and the result SKIP then skips the stage: so the rule states when the
 * stage is entered. https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html
 */
function skipUnless(only: NonNullable<Stage['onlyIf']>): codepipeline.Conditions {
  const [Operator, Value] =
    'equals' in only
      ? ['EQ', only.equals]
      : 'contains' in only
        ? ['CONTAINS', only.contains]
        : ['MATCHES', only.matches];
  const rule = new codepipeline.Rule({
    name: 'OnlyIf',
    provider: 'VariableCheck',
    version: '1',
    configuration: { Variable: only.variable, Value, Operator },
  });
  return { conditions: [{ result: codepipeline.Result.SKIP, rules: [rule] }] };
}

type ArtifactOf = (name: string) => codepipeline.Artifact;

function createAction(
  scope: Construct,
  action: Action,
  parts: PipelineParts,
  artifact: ArtifactOf,
): codepipeline.IAction {
  switch (action.kind) {
    case 'source':
      return createSource(scope, action, {
        repository: parts.names.source,
        role: parts.role(action.role),
        output: artifact(action.output),
      });
    case 'build':
      return createBuild(action, parts, artifact);
    case 'stack':
      return createStack(scope, action, parts, artifact);
    case 'blue-green':
      return createBlueGreen(scope, action, parts, artifact);
    case 'function':
      return createFunctionCall(scope, action, parts, artifact);
    case 'approval':
      return new actions.ManualApprovalAction({
        actionName: action.name,
        runOrder: action.runOrder,
        additionalInformation: action.message,
      });
  }
}

function createBuild(action: BuildAction, parts: PipelineParts, artifact: ArtifactOf) {
  return new actions.CodeBuildAction({
    actionName: action.name,
    runOrder: action.runOrder,
    ...(action.namespace && { variablesNamespace: action.namespace }),
    role: parts.role(action.role),
    project: parts.projects[action.project]!,
    input: artifact(action.input),
    outputs: action.outputs.map(artifact),
    environmentVariables: Object.fromEntries(
      Object.entries(action.variables).map(([name, value]) => [name, { value }]),
    ),
  });
}

function createFunctionCall(
  scope: Construct,
  action: FunctionAction,
  parts: PipelineParts,
  artifact: ArtifactOf,
) {
  const id = `Function-${action.function}`;
  const known = scope.node.tryFindChild(id) as lambda.IFunction | undefined;
  return new actions.LambdaInvokeAction({
    actionName: action.name,
    runOrder: action.runOrder,
    role: parts.role(action.role),
    lambda: known ?? lambda.Function.fromFunctionName(scope, id, action.function),
    ...(action.input && { inputs: [artifact(action.input)] }),
    userParameters: action.parameters,
  });
}

function createStack(scope: Construct, action: StackAction, parts: PipelineParts, artifact: ArtifactOf) {
  const role = roleAt(scope, parts, action.at);
  return new actions.CloudFormationCreateUpdateStackAction({
    actionName: action.name,
    runOrder: action.runOrder,
    role: role(action.role),
    deploymentRole: role(action.executionRole),
    ...action.at,
    adminPermissions: false,
    cfnCapabilities: [CfnCapabilities.NAMED_IAM],
    stackName: action.stack,
    templatePath: artifact(action.input).atPath(`${action.stack}.template.json`),
    // Never REPLACE_ON_FAILURE: it would delete a live stack whose rollback failed.
  });
}

function createBlueGreen(
  scope: Construct,
  action: BlueGreenAction,
  parts: PipelineParts,
  artifact: ArtifactOf,
) {
  const release = artifact(action.input);
  const application = codedeploy.EcsApplication.fromEcsApplicationName(
    ...([scope, `Application-${action.application}`, action.application] as const),
  );
  const deploy = new actions.CodeDeployEcsDeployAction({
    actionName: action.name,
    runOrder: action.runOrder,
    role: roleAt(scope, parts, action.at)(action.role),
    deploymentGroup: codedeploy.EcsDeploymentGroup.fromEcsDeploymentGroupAttributes(
      ...([scope, `Group-${action.application}`] as const),
      { application, deploymentGroupName: action.application },
    ),
    taskDefinitionTemplateFile: release.atPath(`${action.folder}/taskdef.json`),
    appSpecTemplateFile: release.atPath(`${action.folder}/appspec.yaml`),
    // In other regions the task definition names the image itself.
    ...((action.at?.region ?? parts.names.region) === parts.names.region && {
      containerImageInputs: [{ input: release, taskDefinitionPlaceholder: 'IMAGE1_NAME' }],
    }),
  });
  return action.at ? elsewhere(deploy, action.at) : deploy;
}

/** Finds the roles of an action: those of another account are known by their names only. */
function roleAt(scope: Construct, { names, role }: PipelineParts, at?: Spot): (name: string) => IRole {
  if (at === undefined || at.account === names.account) return role;
  return name => importRole(scope, names.at(at).roleArn(name));
}
