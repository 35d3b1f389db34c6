import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ManualClock } from '../../core/clock.ts';
import type { Context } from '../../core/context.ts';
import { countingIds } from '../../core/ids.ts';
import { createPace } from '../../core/pace.ts';
import type { ResourceRequest } from '../../core/resource.ts';
import { openStore } from '../../core/store.ts';
import { createGit, type Git } from '../../git/index.ts';
import { createCodeCommit } from './index.ts';

const PATH = '/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin';
const caller = { account: '123456789012', region: 'ap-northeast-1', accessKeyId: 'test' };
let context: Context;
let git: Git;

beforeEach(() => {
  const clock = new ManualClock();
  const state = mkdtempSync(join(tmpdir(), 'slipway-codecommit-'));
  const store = openStore(':memory:', clock);
  const { account, region } = caller;
  const endpoint = () => 'http://127.0.0.1:4566';
  context = {
    store,
    clock,
    pace: createPace(1),
    ids: countingIds(),
    account,
    region,
    state,
    endpoint,
    log: () => {},
  };
  git = createGit(context, { path: PATH });
});
afterEach(() => {
  context.store.close();
  rmSync(context.state, { recursive: true, force: true });
});

function request(token: string, name = 'slipway'): ResourceRequest {
  const stack = { name: 's', id: 'arn:s', region: caller.region, account: caller.account, tags: {} };
  const type = 'AWS::CodeCommit::Repository';
  return { stack, logicalId: 'Repository', type, properties: { RepositoryName: name }, token };
}

/** Commits one file and pushes it; returns the commit's id. */
function push(directory: string): string {
  const env = { PATH, HOME: context.state, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const script = `git init -q work && cd work && echo hello > a.txt && git add . &&
    git -c user.name=Ada -c user.email=ada@example.org commit -qm 'Say hello' && git push -q "$1" HEAD:main &&
    git rev-parse HEAD`;
  return execFileSync('sh', ['-c', script, 'sh', directory], {
    cwd: context.state,
    env,
    encoding: 'utf8',
  }).trim();
}

test('a repository is made once per token, adopts what git has, and keeps its id', async () => {
  await git.create('slipway');
  const { resources } = createCodeCommit(context, { git });
  const handler = resources['AWS::CodeCommit::Repository']!;
  const first = await handler.create(request('t1'));
  expect(await handler.create(request('t1'))).toEqual(first);
  expect(first.attributes).toMatchObject({
    Arn: 'arn:aws:codecommit:ap-northeast-1:123456789012:slipway',
    Name: 'slipway',
    CloneUrlHttp: 'http://127.0.0.1:4566/git/slipway',
  });
  await expect(handler.create(request('t2'))).rejects.toThrow('already exists');
  const renamed = await handler.update({
    ...request('t3', 'other'),
    physicalId: first.physicalId,
    previous: {},
  });
  expect(renamed.physicalId).not.toBe(first.physicalId);
  await handler.delete({ ...request('t4'), physicalId: first.physicalId });
  await handler.delete({ ...request('t4'), physicalId: first.physicalId });
  expect(git.list()).toEqual(['other']);
});

test('the API tells branches, commits and differences as CodeCommit does', async () => {
  const { api } = createCodeCommit(context, { git });
  const id = push(await git.create('slipway'));
  const call = (operation: string, input: object) => api.operations[operation]!(input, caller);
  const repositoryName = 'slipway';
  expect(await call('GetRepository', { repositoryName })).toMatchObject({
    repositoryMetadata: { repositoryName, defaultBranch: 'main', accountId: '123456789012' },
  });
  expect(await call('ListRepositories', {})).toEqual({
    repositories: [{ repositoryName, repositoryId: 'slipway' }],
  });
  expect(await call('GetBranch', { repositoryName, branchName: 'main' })).toEqual({
    branch: { branchName: 'main', commitId: id },
  });
  await expect(call('GetBranch', { repositoryName, branchName: 'no' })).rejects.toMatchObject({
    code: 'BranchDoesNotExistException',
  });
  expect(await call('ListBranches', { repositoryName })).toEqual({ branches: ['main'] });
  expect(await call('GetCommit', { repositoryName, commitId: id })).toMatchObject({
    commit: { message: 'Say hello', author: { name: 'Ada', date: expect.stringMatching(/^\d+ [+-]\d{4}$/) } },
  });
  expect(await call('GetDifferences', { repositoryName, afterCommitSpecifier: id })).toMatchObject({
    differences: [{ changeType: 'A', afterBlob: { path: 'a.txt', mode: '100644' } }],
  });
  expect(() => call('GetRepository', { repositoryName: 'none' })).toThrow('none does not exist');
});

test('a repository that is deleted is gone with its history, and its name is free', async () => {
  const { api, resources } = createCodeCommit(context, { git });
  await resources['AWS::CodeCommit::Repository']!.create(request('t1'));
  const answer = await api.operations.DeleteRepository!({ repositoryName: 'slipway' }, caller);
  expect(answer).toMatchObject({ repositoryId: expect.any(String) });
  expect(git.list()).toEqual([]);
  expect(() => api.operations.DeleteRepository!({ repositoryName: 'slipway' }, caller)).toThrow(
    'does not exist',
  );
  await resources['AWS::CodeCommit::Repository']!.create(request('t2'));
});
