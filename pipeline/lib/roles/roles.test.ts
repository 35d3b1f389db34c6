import { expect, test } from '@jest/globals';
import { fixtureAssembly } from '../testing/fixture.ts';
import { list, matches, type Role, rolesIn } from '../testing/roles.ts';

const assembly = fixtureAssembly();

const roles = () => rolesIn(assembly);

const roleOf = (name: string): Role => {
  const role = roles().find(each => each.name === name);
  if (role === undefined) throw new Error(`no role ${name}`);
  return role;
};

test('all roles have fixed names below the prefix, short enough for IAM', () => {
  for (const { name } of roles()) expect(name).toMatch(/^slipway-[a-z-]{1,56}$/);
});

test('there are no policies but those of roles and the boundary', () => {
  expect(assembly.resources('AWS::IAM::Policy')).toEqual([]);
  for (const { Properties } of assembly.resources('AWS::IAM::ManagedPolicy')) {
    expect(Properties.ManagedPolicyName).toMatch(/^slipway-(boundary|.*-cloudformation-\d)$/);
  }
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
    expect((Properties.ManagedPolicyArns ?? []).length).toBeLessThanOrEqual(10);
  }
  for (const { Properties } of assembly.resources('AWS::IAM::ManagedPolicy')) {
    expect(JSON.stringify(Properties.PolicyDocument).length).toBeLessThan(6_144);
  }
});

test('no role may do all that a service offers', () => {
  for (const { name, statements } of roles()) {
    for (const action of statements.flatMap(({ Action }) => list(Action)))
      expect([name, action]).toEqual([name, expect.stringMatching(/^[a-z0-9-]+:[A-Za-z]+$/)]);
  }
});

test('no role may hand over all roles', () => {
  for (const { name, statements } of roles()) {
    for (const { Resource } of statements.filter(({ Action }) => list(Action).includes('iam:PassRole')))
      expect([name, list(Resource)]).not.toEqual([name, expect.arrayContaining([':role/slipway-*'])]);
  }
});

test('a task role and an execution role are handed to nothing but tasks', () => {
  for (const { name, statements } of roles()) {
    for (const { Action, Resource, Condition } of statements) {
      const ofTasks = list(Resource).some(arn => /-(task|execution)$/.test(arn));
      if (!list(Action).includes('iam:PassRole') || !ofTasks) continue;
      expect([name, list(Condition?.StringEquals?.['iam:PassedToService'])]).toEqual([
        name,
        ['ecs-tasks.amazonaws.com'],
      ]);
    }
  }
});

test('a service that takes on a role acts for this account and, where it tells, for one thing of ours', () => {
  const account = { 'aws:SourceAccount': '123456789012' };
  for (const { name, trust } of roles()) {
    for (const { Principal, Condition } of trust) {
      if (Principal.Service === undefined) continue;
      const tellsLittle = [
        'cloudformation.amazonaws.com',
        'ecs.amazonaws.com',
        'lambda.amazonaws.com',
      ].includes(Principal.Service);
      const wanted = tellsLittle
        ? { StringEqualsIfExists: account }
        : { StringEquals: account, ArnLike: { 'aws:SourceArn': expect.stringMatching(/:123456789012:/) } };
      expect([name, Condition]).toEqual([name, wanted]);
    }
  }
});

test('every role bears the boundary, and the boundary leaves room for all that roles may do', () => {
  const boundary = assembly.resource(
    ...(['slipway-tooling', 'AWS::IAM::ManagedPolicy'] as const),
    ({ ManagedPolicyName }) => ManagedPolicyName === 'slipway-boundary',
  ).Properties.PolicyDocument.Statement;
  const inBounds = (effect: string, action: string) =>
    boundary
      .filter(({ Effect }: { Effect: string }) => Effect === effect)
      .some(({ Action }: { Action: string[] }) => list(Action).some(pattern => matches(pattern, action)));
  for (const role of roles()) {
    expect([role.name, role.boundary]).toEqual([
      role.name,
      'arn:aws:iam::123456789012:policy/slipway-boundary',
    ]);
    for (const action of role.statements.flatMap(({ Action }) => list(Action))) {
      expect([role.name, action, inBounds('Allow', action)]).toEqual([role.name, action, true]);
      expect([role.name, action, inBounds('Deny', action)]).toEqual([role.name, action, false]);
    }
  }
});

test('no role can change the boundary or make a role without it', () => {
  const own = 'arn:aws:iam::123456789012:policy/slipway-boundary';
  for (const { name, statements } of roles()) {
    for (const { Action, Resource, Condition } of statements) {
      const actions = list(Action).filter(action => action.startsWith('iam:'));
      if (actions.some(action => /Policy(Version)?$/.test(action) && !/RolePolicy$/.test(action)))
        expect([name, list(Resource).some(pattern => matches(pattern, own))]).toEqual([name, false]);
      if (!actions.some(action => /^iam:(CreateRole|(Put|Attach)Role.*)$/.test(action))) continue;
      expect([name, Condition]).toEqual([name, { StringEquals: { 'iam:PermissionsBoundary': own } }]);
    }
  }
});

test("a team's commit changes no balancer rule but those that bear its service's tags", () => {
  const own = {
    'aws:ResourceTag/slipway:service': 'news',
    'aws:ResourceTag/slipway:environment': 'staging',
  };
  for (const name of ['slipway-news-staging-cloudformation', 'slipway-news-staging-codedeploy']) {
    const changes = roleOf(name).statements.filter(({ Action }) =>
      list(Action).some(action => /:(Modify|Delete|SetPriorities).*Rule|:RemoveTags$/.test(action)),
    );
    expect(changes.length).toBeGreaterThan(0);
    for (const { Resource, Condition } of changes) {
      if (list(Resource).every(arn => arn.includes(':targetgroup/news-staging-'))) continue;
      expect(Condition).toEqual({ StringEquals: own });
    }
  }
});

test("a team's commit opens and closes no security group but its own and the balancer's shared edges", () => {
  const edges = roleOf('slipway-news-staging-cloudformation').statements.filter(
    ({ Action, Resource }) =>
      list(Action).some(action => /SecurityGroup(In|E)gress$/.test(action)) &&
      list(Resource).some(arn => arn.endsWith(':security-group/*')),
  );
  expect(edges.map(({ Condition }) => Condition)).toEqual([
    {
      StringEquals: {
        'aws:ResourceTag/slipway:service': 'news',
        'aws:ResourceTag/slipway:environment': 'staging',
      },
    },
    { StringEquals: { 'aws:ResourceTag/slipway:edges': 'staging' } },
  ]);
  const shared = assembly
    .resources('AWS::EC2::SecurityGroup')
    .filter(({ Properties }) => JSON.stringify(Properties.Tags).includes('slipway:edges'));
  expect(shared.map(({ Properties }) => Properties.GroupDescription)).toEqual([
    ...['The internal balancer', 'The internal balancer'],
  ]);
});

test('what is made in a network is taken away only where it bears the tag of this repository', () => {
  const { statements } = roleOf('slipway-platform-cloudformation');
  const removing = statements.filter(({ Action }) =>
    list(Action).some(action => /^ec2:(Delete|Release|Detach|Revoke|Disassociate(?!Address))/.test(action)),
  );
  expect(removing.length).toBeGreaterThan(0);
  for (const { Condition } of removing)
    expect(Condition).toEqual({ StringEquals: { 'aws:ResourceTag/slipway:repository': 'slipway' } });
});

test("only the platform makes roles: a team's own commit can never give itself a right", () => {
  const makers = roles().filter(({ statements }) =>
    statements.some(({ Action }) =>
      list(Action).some(action => /^iam:(Create(?!ServiceLinkedRole)|Put|Attach|Update)/.test(action)),
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

test('no role is made before the boundary that it bears', () => {
  const { Resources } = assembly.template('slipway-tooling');
  for (const [id, { Type, DependsOn }] of Object.entries(Resources)) {
    if (Type === 'AWS::IAM::Role')
      expect([id, DependsOn]).toEqual([id, expect.arrayContaining(['Boundary'])]);
  }
});
