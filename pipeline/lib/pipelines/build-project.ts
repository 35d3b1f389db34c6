import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

export interface BuildProjectProps {
  readonly names: Names;
  readonly name: string;
  readonly description: string;
  /** File name in `buildspecs/`. */
  readonly buildSpec: string;
  readonly role: IRole;
  readonly artifactBucket: IBucket;
  readonly architecture: 'X86_64' | 'ARM64';
  readonly size: 'small' | 'medium';
  readonly timeoutMinutes: number;
  /** Where the source comes from when no pipeline hands it over. */
  readonly source?: codebuild.ISource;
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * A build of a pipeline, with its log group and a cache of its own: a cache shared between services would let
 * one team's build put code into another's.
 */
export function createBuildProject(
  scope: Construct,
  id: string,
  props: BuildProjectProps,
): codebuild.IProject {
  const logGroup = new logs.LogGroup(scope, `${id}Logs`, {
    logGroupName: props.names.buildLogGroup(props.name),
    retention: logs.RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const { SMALL, MEDIUM } = codebuild.ComputeType;
  const common: codebuild.CommonProjectProps = {
    projectName: props.name,
    description: props.description,
    role: props.role,
    buildSpec: codebuild.BuildSpec.fromSourceFilename(`buildspecs/${props.buildSpec}`),
    environment: {
      buildImage:
        props.architecture === 'ARM64'
          ? codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0
          : codebuild.LinuxBuildImage.AMAZON_LINUX_2023_5,
      computeType: props.size === 'small' ? SMALL : MEDIUM,
    },
    environmentVariables: Object.fromEntries(
      Object.entries(props.variables ?? {}).map(([name, value]) => [name, { value }]),
    ),
    timeout: Duration.minutes(props.timeoutMinutes),
    cache: codebuild.Cache.bucket(props.artifactBucket, { prefix: `cache/${props.name}` }),
    logging: { cloudWatch: { logGroup } },
    grantReportGroupPermissions: false, // the role has them
  };
  const project = props.source
    ? new codebuild.Project(scope, id, { ...common, source: props.source })
    : new codebuild.PipelineProject(scope, id, common);
  // It takes a key's ARN or its alias in this form, and CDK would give it the alias's ARN.
  // https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Project.html
  const { artifactKeyAlias } = props.names;
  if (artifactKeyAlias !== undefined) {
    const resource = project.node.defaultChild as codebuild.CfnProject;
    resource.addPropertyOverride('EncryptionKey', artifactKeyAlias);
  }
  return project;
}
