import { describe, expect, test } from '@jest/globals';
import { endOf } from '../return.ts';
import { taskDefinitionOf, type Version, versionsIn } from '../versions.ts';
import { chooseVersion } from './rollback.ts';

const arn = (revision: number) => `arn:aws:ecs:r:1:task-definition/slipway-news-production:${revision}`;
const version = (revision: number, commit: string): Version => ({
  ...{ taskDefinition: arn(revision), revision, commit: commit.repeat(10) },
  ...{ appSpec: '', deployedAt: revision },
});
const where = { service: 'news', environment: 'production' };
const versions = [version(5, 'dddd'), version(4, 'dddd'), version(3, 'bbbb'), version(2, 'aaaa')];

describe('the version to go back to', () => {
  test('is the newest one before the live one with another commit', () => {
    const live = { taskDefinition: arn(5), commit: 'dddd'.repeat(10) };
    expect(chooseVersion(versions, live, where).revision).toBe(3);
  });

  test('goes on backwards after a rollback instead of returning to what was taken back', () => {
    const live = { taskDefinition: arn(3), commit: 'bbbb'.repeat(10) };
    expect(chooseVersion(versions, live, where).revision).toBe(2);
    expect(chooseVersion(versions, { ...live, blue: arn(4) }, where).revision).toBe(2);
  });

  test('is what a release under way replaces, as long as that still runs', () => {
    const half = { taskDefinition: arn(5), blue: arn(5) };
    expect(chooseVersion(versions, half, where).revision).toBe(5);
    const done = { taskDefinition: arn(5), blue: arn(4) };
    expect(chooseVersion(versions, done, where).revision).toBe(4);
  });

  test('can be named by revision or commit', () => {
    const live = { taskDefinition: arn(5) };
    expect(chooseVersion(versions, live, { ...where, to: '2' }).revision).toBe(2);
    expect(chooseVersion(versions, live, { ...where, to: 'bbbbbbb' }).revision).toBe(3);
  });

  test('is refused with the versions that there are, when there is none', () => {
    const live = { taskDefinition: arn(2), commit: 'aaaa'.repeat(10) };
    expect(() => chooseVersion(versions, live, where)).toThrow(/^No earlier version of news .* --to\.$/);
    expect(() => chooseVersion(versions, live, { ...where, to: 'bbb' })).toThrow('No version "bbb" of news');
    expect(() => chooseVersion(versions, live, { ...where, to: '2' })).toThrow(
      'is live in production already',
    );
    expect(() => chooseVersion([], live, where)).toThrow(
      'No earlier version of news was live in production.',
    );
  });
});

test('versions are successful deployments by revision, each once, whatever form the AppSpec has', () => {
  const yaml = `version: 0.0\nResources:\n  - TargetService:\n      Properties:\n        TaskDefinition: ${arn(2)}\n`;
  const json = JSON.stringify({ Resources: [{ TargetService: { Properties: { TaskDefinition: arn(3) } } }] });
  const deployment = (content: string, second: number) => ({
    revision: { appSpecContent: { content } },
    createTime: new Date(second * 1000),
  });
  const found = versionsIn([deployment(yaml, 1), deployment(json, 2), deployment(yaml, 3), {}]);
  expect(found.map(each => [each.revision, each.deployedAt])).toEqual([
    [3, 2000],
    [2, 3000],
  ]);
  expect(taskDefinitionOf('Resources: []')).toBeUndefined();
});

test('a rollback is over when it has the traffic, also while what it replaced still runs', () => {
  const events = (status: string) => [{ lifecycleEventName: 'AfterAllowTraffic', status }];
  expect(endOf({ status: 'InProgress' }, events('InProgress'))).toBeUndefined();
  expect(endOf({ status: 'InProgress' }, [])).toBeUndefined();
  expect(endOf({ status: 'InProgress' }, events('Succeeded'))).toEqual({ good: true, reason: '' });
  expect(endOf({ status: 'Failed', errorInformation: { message: 'no' } }, [])?.reason).toBe('no');
});
