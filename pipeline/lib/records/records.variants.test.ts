import { describe, expect, test } from '@jest/globals';
import { createNames } from '../names.ts';
import { placeGrants } from '../roles/place-permissions.ts';
import { platformGrants } from '../roles/platform-permissions.ts';
import { partGrants } from '../roles/service-part-permissions.ts';
import { serviceGrants } from '../roles/service-permissions.ts';
import type { Template } from '../testing/fixture.ts';
import { list } from '../testing/roles.ts';
import { bootstrapGrants, bootstrapPolicies } from './bootstrap-policy.ts';
import { synthesizeExample } from './example.ts';
import { explainLogicalIds } from './logical-ids.ts';
import { acceptCommand, RECORDS, readRecord } from './record.ts';

const example = synthesizeExample();
const { environments, services, templates } = example;
const names = createNames(environments);

test('the page of what each role may do tells what the templates say', () => {
  const { iam } = RECORDS;
  const told = readRecord(iam!).split('\n');
  const now = iam!.render(example).split('\n');
  const differ = [
    ...told.filter(line => !now.includes(line)).map(line => `- ${line}`),
    ...now.filter(line => !told.includes(line)).map(line => `+ ${line}`),
  ];
  if (differ.length > 0)
    throw new Error(`${iam!.path}: ${iam!.advice}: ${acceptCommand('iam')}\n${differ.join('\n')}`);
  expect(told).toEqual(now);
});

test('what holds something keeps its logical id and all that would replace it', () => {
  const record = RECORDS['logical-ids']!;
  const faults = explainLogicalIds(readRecord(record), record.render(example));
  if (faults.length > 0)
    throw new Error(`${faults.join('\n')}\nIf that is meant: ${acceptCommand('logical-ids')}`);
  expect(readRecord(record)).toBe(record.render(example));
});

describe('a change of logical ids is explained', () => {
  const table = 'data/Table AWS::DynamoDB::Table TableName="news"\n';
  test.each([
    ['', table, 'data/Table AWS::DynamoDB::Table is new and not recorded yet'],
    [table, '', 'data/Table AWS::DynamoDB::Table is gone: CloudFormation would delete it'],
    [
      table,
      table.replace('news', 'new'),
      'would be replaced: it has TableName="new" instead of TableName="news"',
    ],
  ])('%j to %j', (before, after, sentence) => {
    expect(explainLogicalIds(`a b\n${before}`, `a b\n${after}`)).toEqual([expect.stringContaining(sentence)]);
  });

  test('and nothing is said where nothing changed', () => {
    expect(explainLogicalIds(table, table)).toEqual([]);
  });
});

describe('CloudFormation may do what it needs for every type of resource', () => {
  const typesIn = (stacks: readonly (Template | undefined)[]) =>
    new Set(stacks.flatMap(template => Object.values(template?.Resources ?? {}).map(({ Type }) => Type)));
  const own = (service: string, place: string) =>
    [names.stacks.service(service, place), names.stacks.data(service, place)].map(name => templates[name]);

  test('in the stacks of the platform', () => {
    const granted = [...platformGrants(names), ...placeGrants(names, environments.environments)];
    const ofServices = new Set(
      services.flatMap(({ name }) => [...own(name, 'staging'), ...own(name, 'production')]),
    );
    const platform = Object.entries(templates).flatMap(([name, template]) =>
      ofServices.has(template) || name === names.stacks.repository ? [] : [template],
    );
    expect(missing(typesIn(platform), granted)).toEqual([]);
  });

  test('in the stacks of a service', () => {
    for (const { name } of services) {
      for (const place of ['staging', 'production'])
        expect([
          name,
          missing(typesIn(own(name, place)), [
            ...serviceGrants(names, name, place),
            ...partGrants(names, name, place),
          ]),
        ]).toEqual([name, []]);
    }
  });

  test('in the stacks of the first deployment', () => {
    const { repository, tooling, platformPipeline } = names.stacks;
    const first = [repository, tooling, platformPipeline].map(stack => templates[stack]);
    expect(missing(typesIn(first), bootstrapGrants(names, environments))).toEqual([]);
  });

  function missing(
    types: ReadonlySet<string>,
    grants: readonly { readonly types: readonly string[] }[],
  ): string[] {
    const granted = new Set(grants.flatMap(grant => grant.types));
    return [...types].filter(type => !granted.has(type));
  }
});

describe('the policies of the first deployment', () => {
  const policies = bootstrapPolicies(environments);
  const statements = policies.flatMap(
    ({ document }) =>
      (document as { Statement: { Action: unknown; Resource: unknown; Condition?: object }[] }).Statement,
  );

  test('are as short as IAM wants them', () => {
    expect(policies.map(({ name }) => name)).toEqual(['slipway-bootstrap-1', 'slipway-bootstrap-2']);
    for (const { document } of policies) expect(JSON.stringify(document).length).toBeLessThan(6144);
  });

  test('name every call, and make roles with the boundary only', () => {
    for (const { Action, Condition } of statements) {
      for (const action of list(Action)) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
      if (!list(Action).includes('iam:CreateRole')) continue;
      expect(Condition).toEqual({
        StringEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::123456789012:policy/slipway-boundary' },
      });
    }
  });

  test('make the boundary, which no role of the platform may change', () => {
    const made = statements.filter(({ Action }) => list(Action).includes('iam:CreatePolicy'));
    expect(made.flatMap(({ Resource }) => list(Resource))).toContain(
      'arn:aws:iam::123456789012:policy/slipway-boundary',
    );
  });

  test('let a template that is too large for a call pass through a bucket of its own', () => {
    const passing = 'arn:aws:s3:::slipway-deploy-123456789012-ap-northeast-1';
    const reaching = statements.filter(({ Resource }) => list(Resource).includes(passing));
    expect(reaching.flatMap(({ Action }) => list(Action))).toEqual(
      expect.arrayContaining(['s3:CreateBucket', 's3:DeleteBucket', 's3:PutObject']),
    );
  });

  test('are those of each account where there are several', () => {
    const [staging, production] = environments.environments;
    const other = { ...production!, account: '210987654321' };
    const all = bootstrapPolicies({ ...environments, environments: [staging!, other] });
    expect([...new Set(all.map(({ account }) => account))]).toEqual(['123456789012', '210987654321']);
    for (const { account, document } of all) {
      const text = JSON.stringify(document);
      expect(text.length).toBeLessThan(6144);
      for (const [, found] of text.matchAll(/arn:aws:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):/g))
        expect(found).toBe(account);
    }
  });
});
