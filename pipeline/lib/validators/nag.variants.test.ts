import { expect, test } from '@jest/globals';
import { AwsSolutionsChecks } from 'cdk-nag';
import { synthesizeExample } from '../records/example.ts';
import { ACKNOWLEDGED } from './acknowledgements.ts';

const { app, templates } = synthesizeExample();
const { violations } = new AwsSolutionsChecks().validateScope(app);
const found = violations.flatMap(({ ruleName, description, violatingResources }) =>
  violatingResources.map(({ constructPath = '' }) => ({ rule: ruleName, path: constructPath, description })),
);

test('cdk-nag finds nothing but what is acknowledged with a reason', () => {
  const others = found.filter(
    ({ rule, path }) => !ACKNOWLEDGED.some(each => each.rule === rule && each.at.test(path)),
  );
  expect(others).toEqual([]);
});

test('no acknowledgement is left of what is no longer found', () => {
  const stale = ACKNOWLEDGED.filter(
    ({ rule, at }) => !found.some(each => each.rule === rule && at.test(each.path)),
  );
  expect(stale).toEqual([]);
});

test('each acknowledgement gives a reason, not an excuse', () => {
  for (const { rule, reason } of ACKNOWLEDGED)
    expect([rule, reason]).toEqual([rule, expect.stringMatching(/^[A-Z].{40,}\.$/)]);
});

test('no build is privileged, so none can leave its container', () => {
  const projects = Object.values(templates)
    .flatMap(({ Resources }) => Object.values(Resources))
    .filter(({ Type }) => Type === 'AWS::CodeBuild::Project');
  expect(projects.length).toBeGreaterThan(4);
  for (const { Properties } of projects) expect(Properties.Environment.PrivilegedMode).not.toBe(true);
});
