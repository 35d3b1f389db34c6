import { describe, expect, test } from '@jest/globals';
import { judge, matchesAll, type Newest, wantedOf } from './affected.ts';
import type { LiveService } from './live.ts';

const DEFINITION = { staging: 's1', production: 'p1' };
const wanted = wantedOf('news', 'i1', DEFINITION, 'whole1');

describe('a service is live as a commit has it', () => {
  const live = (environment: string, release: Partial<LiveService> = {}): LiveService => ({
    ...{
      environment,
      service: 'news',
      taskDefinition: 'td',
      desired: 1,
      running: 1,
      controller: 'codedeploy',
      commit: 'a',
    },
    ...{ inputs: 'i1', definition: environment === 'staging' ? 's1' : 'p1', digest: 'sha256:1' },
    ...release,
  });
  const matches = (staging: LiveService | undefined, production: LiveService | undefined, image?: string) =>
    matchesAll(
      wanted,
      [
        { environment: 'staging', live: staging },
        { environment: 'production', live: production },
      ],
      async () => image,
    );

  test.each<{
    when: string;
    is: boolean;
    staging?: LiveService | undefined;
    production?: LiveService | undefined;
    image?: string;
  }>([
    {
      when: 'when the same inputs and definition run everywhere',
      is: true,
      staging: live('staging'),
      production: live('production'),
    },
    { when: 'not before it was released', is: false },
    {
      when: 'not while one environment runs the seed',
      is: false,
      staging: live('staging'),
      production: seed('production'),
    },
    {
      when: 'not while staging is ahead',
      is: false,
      staging: live('staging'),
      production: live('production', { inputs: 'i0' }),
    },
    {
      when: 'not when other inputs gave another image',
      is: false,
      staging: live('staging', { inputs: 'i0' }),
      production: live('production'),
    },
    {
      when: 'when other inputs gave the same image, as a changed test does',
      is: true,
      staging: live('staging', { inputs: 'i0' }),
      production: live('production', { inputs: 'i0' }),
      image: 'sha256:1',
    },
    {
      when: 'not when the known image of its inputs is another one',
      is: false,
      staging: live('staging'),
      production: live('production', { inputs: 'i0' }),
      image: 'sha256:2',
    },
    {
      when: 'not when the definition makes something else of it',
      is: false,
      staging: live('staging'),
      production: live('production', { definition: 'p0' }),
      image: 'sha256:1',
    },
  ])('$when', async ({ is, staging, production, image }) => {
    expect(await matches(staging, production, image)).toBe(is);
  });

  test('never, when the definition does not know it: its contract is not good', async () => {
    const unknown = wantedOf('news', 'i1', undefined, 'whole1');
    const place = { environment: 'staging', live: live('staging', { definition: undefined as never }) };
    expect(await matchesAll(unknown, [place], async () => 'sha256:1')).toBe(false);
  });

  function seed(environment: string): LiveService {
    return {
      environment,
      service: 'news',
      taskDefinition: 'seed',
      desired: 1,
      running: 1,
      controller: 'codedeploy',
    };
  }
});

describe('a pipeline is started', () => {
  const newest = (status: string, more: Partial<Newest> = {}): Newest => ({
    ...{ status, commit: 'c0', content: { release: 'other', definition: 'whole1' } },
    ...more,
  });
  const same = { content: wanted.content };
  const starts = (isLive: boolean, run: Newest | undefined) =>
    judge(wanted.content, { commit: 'c1', isLive, newest: run }).start;

  test.each<[boolean, string, boolean, Newest | undefined]>([
    [true, 'that never ran', false, undefined],
    [true, 'when something else is live', false, newest('Succeeded')],
    [true, 'when something else is live and failed last', false, newest('Failed')],
    [false, 'not when this is live', true, newest('Succeeded')],
    [true, 'to be green again when this is live and something else failed', true, newest('Failed')],
    [true, 'when this is live and something else is on its way', true, newest('InProgress')],
    [false, 'not while the same is on its way or waits', false, newest('InProgress', same)],
    [false, 'not to undo a rollback of the same', false, newest('Succeeded', same)],
    [false, 'not to fail again with the same', false, newest('Failed', same)],
    [false, 'not after the same was stopped', false, newest('Stopped', same)],
    [
      true,
      'to try the same again under another definition',
      false,
      newest('Failed', { content: { ...wanted.content, definition: 'whole0' } }),
    ],
    [false, 'not when it started itself at this commit', false, { status: 'InProgress', commit: 'c1' }],
    [true, 'when it failed after it had started itself', false, { status: 'Failed', commit: 'c1' }],
  ])('%s: %s', (expected, _case, isLive, run) => {
    expect(starts(isLive, run)).toBe(expected);
  });
});
