import { afterAll, describe, expect, test } from '@jest/globals';
import { synthesize } from '../synth.ts';
import {
  fixtureAssembly,
  readAssembly,
  type TempFolder,
  tempFolder,
  writeRepository,
} from '../testing/fixture.ts';

const CONNECTION =
  'arn:aws:codeconnections:ap-northeast-1:123456789012:connection/0aa1bb22-33cc-44dd-55ee-66ff77008899';
const folders: TempFolder[] = [];
afterAll(() => {
  for (const folder of folders) folder[Symbol.dispose]();
});

function assemblyOf(lines: string) {
  const folder = tempFolder();
  folders.push(folder);
  const environments = `
name: slipway
account: "123456789012"
region: ap-northeast-1
${lines}
environments:
  staging: { network: { zones: [ap-northeast-1a, ap-northeast-1c] } }
`;
  const services = { news: 'name: news\nteam: press\npath: /news\n' };
  writeRepository(folder.path, { environments, services });
  synthesize({ root: folder.path, out: `${folder.path}/cdk.out` });
  return readAssembly(`${folder.path}/cdk.out`);
}
type Assembly = ReturnType<typeof readAssembly>;

const connected = assemblyOf(
  `repository: { provider: codeconnections, connection: "${CONNECTION}", id: acme/tools/shop }`,
);
const pipeline = (assembly: Assembly, stack: string, name: string) =>
  assembly.resource(stack, 'AWS::CodePipeline::Pipeline', ({ Name }) => Name === name).Properties;
const roleOf = (assembly: Assembly, name: string) =>
  assembly.resources('AWS::IAM::Role').find(({ Properties }) => Properties.RoleName === name)!.Properties;
const allowed = (assembly: Assembly, name: string): { Action: string | string[]; Resource: unknown }[] =>
  roleOf(assembly, name).Policies.flatMap(
    (policy: { PolicyDocument: { Statement: unknown[] } }) => policy.PolicyDocument.Statement,
  );
const actions = (assembly: Assembly, name: string) => allowed(assembly, name).flatMap(({ Action }) => Action);

describe('a repository behind a connection', () => {
  test('is fetched through it by every pipeline, as a zip, and starts none by itself', () => {
    for (const { Properties } of connected.resources('AWS::CodePipeline::Pipeline')) {
      const [source] = Properties.Stages[0].Actions;
      expect(source.ActionTypeId).toMatchObject({ Provider: 'CodeStarSourceConnection', Category: 'Source' });
      expect(source.Configuration).toEqual({
        ...{ ConnectionArn: CONNECTION, FullRepositoryId: 'acme/tools/shop', BranchName: 'main' },
        DetectChanges: false,
      });
    }
  });

  test('starts the platform pipeline at a push to the branch, and no delivery pipeline', () => {
    expect(pipeline(connected, 'slipway-platform-pipeline', 'slipway-platform').Triggers).toEqual([
      {
        ProviderType: 'CodeStarSourceConnection',
        GitConfiguration: { SourceActionName: 'Source', Push: [{ Branches: { Includes: ['main'] } }] },
      },
    ]);
    expect(pipeline(connected, 'slipway-news-pipeline', 'slipway-news')).not.toHaveProperty('Triggers');
  });

  test('needs neither a CodeCommit repository nor rules for pushes', () => {
    expect(connected.resources('AWS::CodeCommit::Repository')).toEqual([]);
    const patterns = connected
      .resources('AWS::Events::Rule')
      .map(rule => rule.Properties.EventPattern.source);
    expect(patterns.flat()).toEqual(['aws.codepipeline', 'aws.codepipeline']);
  });

  test('may be used by the roles of sources, under both names of the action, and by no build', () => {
    const using = connected
      .resources('AWS::IAM::Role')
      .map(({ Properties }) => Properties.RoleName as string)
      .filter(name => JSON.stringify(roleOf(connected, name)).includes('UseConnection'));
    expect(using.sort()).toEqual([
      'slipway-news-source',
      'slipway-platform-source',
      'slipway-pull-request-source',
    ]);
    expect(allowed(connected, 'slipway-news-source')).toContainEqual({
      Action: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
      ...{ Effect: 'Allow', Resource: CONNECTION },
    });
    expect(actions(connected, 'slipway-news-source').join()).not.toContain('codecommit');
  });
});

describe('a pull request', () => {
  const usual = fixtureAssembly();
  const stack = 'slipway-platform-pipeline';

  test('starts a build at its commit that knows what it would be merged into', () => {
    const rule = usual.resource(stack, 'AWS::Events::Rule', ({ Name }) => Name === 'slipway-pull-request');
    expect(rule.Properties.EventPattern).toEqual({
      source: ['aws.codecommit'],
      'detail-type': ['CodeCommit Pull Request State Change'],
      resources: ['arn:aws:codecommit:ap-northeast-1:123456789012:slipway'],
      detail: {
        event: ['pullRequestCreated', 'pullRequestSourceBranchUpdated'],
        destinationReference: ['refs/heads/main'],
      },
    });
    const [{ InputTransformer: input }] = rule.Properties.Targets;
    const example = input.InputTemplate.replaceAll(/<[^>]+>/g, '"commit"');
    expect(JSON.parse(example)).toEqual({
      sourceVersion: 'commit',
      environmentVariablesOverride: [{ name: 'BASE', value: 'commit', type: 'PLAINTEXT' }],
    });
    expect(Object.values(input.InputPathsMap)).toEqual([
      '$.detail.sourceCommit',
      '$.detail.destinationCommit',
    ]);
  });

  test.each([
    ['of CodeCommit', usual, ['codecommit:GitPull']],
    [
      'behind a connection',
      connected,
      ['s3:GetBucketLocation', 's3:GetBucketVersioning', 's3:GetObjectVersion'],
    ],
  ])('%s is checked without any right but to its log, reports and own cache', (_, assembly, source) => {
    const may = [...new Set(actions(assembly, 'slipway-pull-request'))].sort();
    expect(may).toEqual(
      [
        ...['codebuild:BatchPutCodeCoverages', 'codebuild:BatchPutTestCases', 'codebuild:CreateReport'],
        ...['codebuild:CreateReportGroup', 'codebuild:UpdateReport', 'codebuild:UpdateReportGroup'],
        ...['logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObject', 's3:ListBucket', 's3:PutObject'],
        ...source,
      ].sort(),
    );
    const writes = allowed(assembly, 'slipway-pull-request').filter(({ Action }) =>
      [Action].flat().includes('s3:PutObject'),
    );
    expect(writes.map(({ Resource }) => Resource)).toEqual([
      'arn:aws:s3:::slipway-artifacts-123456789012-ap-northeast-1/cache/slipway-pull-request/*',
    ]);
    const project = assembly.resource(
      stack,
      'AWS::CodeBuild::Project',
      ({ Name }) => Name === 'slipway-pull-request',
    );
    expect(project.Properties.Environment).toMatchObject({ PrivilegedMode: false });
    expect(project.Properties.Environment).not.toHaveProperty('EnvironmentVariables');
  });

  test('behind a connection has a pipeline that takes requests side by side and deploys nothing', () => {
    const checks = pipeline(connected, stack, 'slipway-pull-requests');
    expect(checks.ExecutionMode).toBe('PARALLEL');
    expect(checks.Triggers[0].GitConfiguration).toEqual({
      SourceActionName: 'Source',
      PullRequest: [{ Branches: { Includes: ['main'] }, Events: ['OPEN', 'UPDATED'] }],
    });
    const kinds = checks.Stages.flatMap((stage: { Actions: { ActionTypeId: { Category: string } }[] }) =>
      stage.Actions.map(action => action.ActionTypeId.Category),
    );
    expect(kinds).toEqual(['Source', 'Build']);
  });

  test('is not checked where nobody wants it', () => {
    const without = assemblyOf('pullRequests: false');
    expect(JSON.stringify(without.templates)).not.toContain('"slipway-pull-request"');
  });
});

describe('notifications', () => {
  const told = assemblyOf('notifications: { email: [ops@example.com, team@example.com] }');

  test('go to every address of environments.yaml', () => {
    const subscriptions = told.resources('AWS::SNS::Subscription').map(({ Properties }) => Properties);
    expect(subscriptions).toMatchObject([
      { Protocol: 'email', Endpoint: 'ops@example.com' },
      { Protocol: 'email', Endpoint: 'team@example.com' },
    ]);
  });

  test('tell of failures and of approvals that wait, of every pipeline, in words', () => {
    const rules = told
      .resources('AWS::Events::Rule')
      .filter(({ Properties }) => JSON.stringify(Properties.Targets).includes('notifications'));
    expect(rules.map(({ Properties }) => Properties.EventPattern.detail.pipeline)).toEqual([
      [{ prefix: 'slipway-' }],
      [{ prefix: 'slipway-' }],
      undefined,
    ]);
    for (const { Properties } of rules) {
      const { InputTemplate, InputPathsMap } = Properties.Targets[0].InputTransformer;
      const used = [...InputTemplate.matchAll(/<([^>]+)>/g)].map(match => match[1]);
      expect([...new Set(used)].sort()).toEqual(Object.keys(InputPathsMap).sort());
      expect(JSON.parse(InputTemplate)).toMatch(/^(<detail-pipeline>|The check of a pull request) /);
    }
  });

  test('may be published by these rules and over TLS only', () => {
    const { PolicyDocument } = told.resource('slipway-tooling', 'AWS::SNS::TopicPolicy').Properties;
    expect(PolicyDocument.Statement).toMatchObject([
      { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      {
        Principal: { Service: 'events.amazonaws.com' },
        Condition: {
          ArnEquals: { 'aws:SourceArn': expect.arrayContaining([expect.stringContaining('rule/slipway-')]) },
        },
      },
    ]);
  });
});
