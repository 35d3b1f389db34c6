import { expect, test } from '@jest/globals';
import { fixtureAssembly } from '../testing/fixture.ts';

const assembly = fixtureAssembly();

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}
interface Role {
  readonly name: string;
  readonly trust: readonly {
    readonly Principal: { readonly Service?: string };
    readonly Condition?: unknown;
  }[];
  readonly statements: readonly Statement[];
}

function roles(): Role[] {
  return assembly.resources('AWS::IAM::Role').map(({ Properties }) => ({
    name: Properties.RoleName,
    trust: Properties.AssumeRolePolicyDocument.Statement,
    statements: (Properties.Policies ?? []).flatMap(
      (policy: { PolicyDocument: { Statement: Statement[] } }) => policy.PolicyDocument.Statement,
    ),
  }));
}
const list = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).map(item =>
    typeof item === 'string' ? item : JSON.stringify(item),
  );

const roleOf = (name: string): Role => {
  const role = roles().find(each => each.name === name);
  if (role === undefined) throw new Error(`no role ${name}`);
  return role;
};

test('all roles have fixed names below the prefix, short enough for IAM', () => {
  for (const { name } of roles()) expect(name).toMatch(/^slipway-[a-z-]{1,56}$/);
  expect(assembly.resources('AWS::IAM::Policy')).toEqual([]);
  expect(assembly.resources('AWS::IAM::ManagedPolicy')).toEqual([]);
});

test('no role may be handed over but those named, and only to the services that work with them', () => {
  for (const { name, statements } of roles()) {
    for (const statement of statements.filter(({ Action }) => list(Action).includes('iam:PassRole'))) {
      for (const resource of list(statement.Resource))
        expect([name, resource]).toEqual([name, expect.stringMatching(/role\/slipway-/)]);
      expect(statement.Condition?.StringEquals).toHaveProperty(['iam:PassedToService']);
    }
  }
});

test('every policy is as short as IAM wants it', () => {
  for (const { Properties } of assembly.resources('AWS::IAM::Role')) {
    expect(JSON.stringify(Properties.Policies ?? []).length).toBeLessThan(10_240);
  }
});

test('no role allows everything', () => {
  for (const { name, statements } of roles()) {
    for (const { Action } of statements) {
      for (const action of list(Action))
        expect([name, action]).not.toEqual([name, expect.stringMatching(/^(\*|iam:\*)$/)]);
    }
  }
});

test('services act for this account only', () => {
  for (const { name, trust } of roles()) {
    for (const { Principal, Condition } of trust) {
      if (Principal.Service === undefined) continue;
      expect([name, Condition]).toEqual([name, { StringEquals: { 'aws:SourceAccount': '123456789012' } }]);
    }
  }
});

test("only the platform makes roles: a team's own commit can never give itself a right", () => {
  const makers = roles().filter(({ statements }) =>
    statements.some(({ Action }) =>
      list(Action).some(action => /^iam:(Create|Put|Attach|Update)/.test(action)),
    ),
  );
  expect(makers.map(role => role.name)).toEqual(['slipway-platform-cloudformation']);
});

test('no build may answer an approval: only the function of the platform that rejects overtaken ones', () => {
  const may = (action: string) =>
    roles()
      .filter(({ statements }) => statements.some(({ Action }) => list(Action).includes(action)))
      .map(role => role.name);
  expect(may('codepipeline:PutApprovalResult')).toEqual(['slipway-supersede']);
  expect(may('codedeploy:PutLifecycleEventHookExecutionStatus')).toEqual([
    ...['slipway-production-check', 'slipway-staging-check'],
  ]);
});

test("a task gets at its own service's data in its own environment, and at nothing else", () => {
  const resources = (name: string) => roleOf(name).statements.flatMap(({ Resource }) => list(Resource));
  const table = 'arn:aws:dynamodb:ap-northeast-1:123456789012:table/slipway-news-production-articles';
  expect(resources('slipway-news-production-task')).toEqual([table, `${table}/index/*`]);
  const bucket = 'arn:aws:s3:::slipway-market-staging-snapshots-123456789012';
  expect(resources('slipway-market-staging-task').sort()).toEqual([bucket, `${bucket}/*`]);
  expect(resources('slipway-user-staging-task')).toEqual([]);
});

test("a service's pipeline deploys its own stacks and pushes its own images only", () => {
  const deploy = roleOf('slipway-news-staging-deploy').statements;
  const stacks = deploy
    .flatMap(({ Resource }) => list(Resource))
    .filter(resource => resource.includes(':stack/'));
  expect(stacks.map(arn => arn.split(':stack/')[1]).sort()).toEqual([
    'slipway-news-data-staging/*',
    'slipway-news-staging/*',
  ]);
  const push = roleOf('slipway-news-build').statements.find(({ Action }) =>
    list(Action).includes('ecr:PutImage'),
  );
  expect(push?.Resource).toBe('arn:aws:ecr:ap-northeast-1:123456789012:repository/slipway/news');
});

test('Plan may list pipelines and stacks, to name what runs without a directory', () => {
  const actions = roleOf('slipway-plan').statements.flatMap(({ Action }) => list(Action));
  expect(actions).toEqual(
    expect.arrayContaining(['codepipeline:ListPipelines', 'cloudformation:ListStacks']),
  );
  expect(actions.filter(action => /:(Delete|Stop|Put.*Policy)/.test(action))).toEqual([]);
});

test("a build writes to its own pipeline's artifacts and its own cache only", () => {
  for (const { name, statements } of roles()) {
    for (const { Action, Resource } of statements) {
      if (!list(Action).includes('s3:PutObject') || name.endsWith('-task')) continue;
      for (const resource of list(Resource)) {
        const pipeline = name.startsWith('slipway-platform')
          ? 'slipway-platform'
          : name.split('-').slice(0, 2).join('-');
        const own = ['plan', 'check', 'release'].some(build => name === `slipway-${build}`)
          ? 'slipway-platform'
          : pipeline;
        expect(resource.split(':::')[1]).toMatch(
          new RegExp(`^slipway-artifacts-[^/]*/(${own}|cache/${name})/\\*$`),
        );
      }
    }
  }
});
