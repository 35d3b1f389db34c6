import type { Names } from '../names.ts';
import type { Permission } from './role.ts';

/** What several roles need alike, always limited to the pipeline, the project or the repository at hand. */
export function createPermissions(names: Names) {
  const bucket = names.bucketArn(names.artifactBucket);

  /** CodePipeline keeps artifacts under the first 20 characters of the pipeline's name. */
  const artifacts = (pipeline: string, ...actions: ('s3:GetObject' | 's3:PutObject')[]): Permission[] => [
    {
      actions: actions.flatMap(action =>
        action === 's3:GetObject' ? [action, 's3:GetObjectVersion'] : [action],
      ),
      resources: [`${bucket}/${pipeline.slice(0, 20)}/*`],
    },
    { actions: ['s3:GetBucketLocation', 's3:GetBucketVersioning'], resources: [bucket] },
    ...artifactKey(names, actions),
  ];

  /** Logs, reports, and a cache that no other project can write. */
  const check = (project: string): Permission[] => [
    { actions: ['s3:GetObject', 's3:PutObject'], resources: [`${bucket}/cache/${project}/*`] },
    {
      actions: ['s3:ListBucket'],
      resources: [bucket],
      conditions: { StringLike: { 's3:prefix': [`cache/${project}/*`] } },
    },
    {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [names.arn('logs', `log-group:${names.buildLogGroup(project)}:*`)],
    },
    {
      actions: [
        ...['codebuild:CreateReportGroup', 'codebuild:UpdateReportGroup', 'codebuild:CreateReport'],
        ...['codebuild:UpdateReport', 'codebuild:BatchPutTestCases', 'codebuild:BatchPutCodeCoverages'],
      ],
      resources: [names.arn('codebuild', `report-group/${project}-*`)],
    },
  ];

  return {
    artifacts,

    assume: (roles: readonly string[]): Permission => ({
      actions: ['sts:AssumeRole'],
      resources: roles.map(names.roleArn),
    }),

    source: (pipeline: string): Permission[] => [
      ...artifacts(pipeline, 's3:GetObject', 's3:PutObject'),
      names.source.provider === 'codecommit'
        ? {
            actions: [
              ...['codecommit:GetBranch', 'codecommit:GetCommit', 'codecommit:GetRepository'],
              ...[
                'codecommit:UploadArchive',
                'codecommit:GetUploadArchiveStatus',
                'codecommit:CancelUploadArchive',
              ],
            ],
            resources: [names.arn('codecommit', names.repository)],
          }
        : {
            // Two names of one action: which one counts depends on when the connection was made.
            actions: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
            resources: [names.source.connection],
          },
    ],

    startBuilds: (projects: readonly string[]): Permission => ({
      actions: ['codebuild:StartBuild', 'codebuild:StopBuild', 'codebuild:BatchGetBuilds'],
      resources: projects.map(project => names.arn('codebuild', `project/${project}`)),
    }),

    invoke: (name: string): Permission => ({
      actions: ['lambda:InvokeFunction'],
      resources: [names.arn('lambda', `function:${name}`)],
    }),

    /** What every build of a pipeline does: what a check does, and its artifacts. */
    build: (project: string, pipeline: string): Permission[] => [
      ...artifacts(pipeline, 's3:GetObject', 's3:PutObject'),
      ...check(project),
    ],
    check,

    /** Stacks of exactly these names, deployed with exactly these roles. */
    deploy: (
      pipeline: string,
      stacks: readonly string[],
      executionRoles: readonly string[],
    ): Permission[] => [
      ...artifacts(pipeline, 's3:GetObject'),
      {
        actions: [
          ...['cloudformation:CreateStack', 'cloudformation:UpdateStack', 'cloudformation:DescribeStacks'],
          ...['cloudformation:DescribeStackEvents', 'cloudformation:GetTemplate'],
        ],
        resources: stacks.map(stack => names.arn('cloudformation', `stack/${stack}/*`)),
        ...(stacks.some(stack => stack.includes('*')) && {
          because: 'the stacks of this kind of all services, known or to come',
        }),
      },
      passRole(executionRoles.map(names.roleArn), ['cloudformation.amazonaws.com']),
    ],

    registryLogin: {
      actions: ['ecr:GetAuthorizationToken'],
      resources: ['*'],
      because: 'this call knows no resources',
    } as Permission,

    /** Pulls the base image; the first pull brings it into the account's own registry. */
    pullBase: {
      actions: [
        ...['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'],
        ...['ecr:BatchImportUpstreamImage', 'ecr:CreateRepository'],
      ],
      resources: [names.arn('ecr', `repository/${names.baseImagePrefix}/*`)],
      because: 'the copies of public base images, which anybody may read',
    } as Permission,
  };
}

/** Leave to take on roles of other accounts. */
export function assumeAll(roleArns: readonly string[]): Permission[] {
  return roleArns.length === 0 ? [] : [{ actions: ['sts:AssumeRole'], resources: roleArns }];
}

/**
 * Where artifacts have a key of their own: its use. The key is known by its alias only, KMS makes up the rest of its
 * name. In another account it is the key's own policy that says who may use it, and S3 is the only way to it.
 */
function artifactKey(names: Names, actions: readonly string[]): Permission[] {
  const { artifactKeyAlias, region } = names;
  if (artifactKeyAlias === undefined) return [];
  const home = names.home();
  const resources = [home.arn('kms', 'key/*')];
  if (names.account !== home.account) {
    const conditions = { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } };
    const because = "the key's own policy says who may use it; its id is not known beforehand";
    return [{ actions: ['kms:Decrypt'], resources, conditions, because }];
  }
  const reading = ['kms:Decrypt', 'kms:DescribeKey'];
  const writing = ['kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];
  const conditions = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': artifactKeyAlias } };
  return [
    {
      ...{ resources, conditions, because: 'its id is not known beforehand; the condition names its alias' },
      actions: actions.includes('s3:PutObject') ? [...reading, ...writing] : reading,
    },
  ];
}

/** A function writes its own log. */
export function functionLogs(names: Names, name: string): Permission {
  return {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [names.arn('logs', `log-group:${names.functionLogGroup(name)}:*`)],
  };
}

/** Leave to hand over a role to the services that work with it, and to no other. */
export function passRole(roles: readonly string[], services: readonly string[]): Permission {
  return {
    actions: ['iam:PassRole'],
    resources: roles,
    conditions: { StringEquals: { 'iam:PassedToService': services } },
  };
}
