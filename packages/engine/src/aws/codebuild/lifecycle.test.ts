import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openWorld, spec, type World } from './test-world.ts';

/** Real builds take a moment on a machine that is busy. */
jest.setTimeout(30_000);

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.close());

/** A process that ended and was not waited for yet (Z) is none. */
function isAlive(pid: string): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' });
  return /^[^Z\s]/.test(stdout.trim());
}

describe('the life of builds', () => {
  test('the same token is the same build', async () => {
    await world.project();
    const files = { 'buildspec.yml': spec(['true']) };
    const id = await world.begin(files, { token: 'once' });
    expect(await world.begin(files, { token: 'once' })).toBe(id);
    await world.ended(id);
  });

  test('a build goes on while the engine is away, and the next engine hears of its end', async () => {
    await world.project();
    const id = await world.begin({ 'buildspec.yml': spec(['echo started', 'sleep 0.3', 'echo went on']) });
    await world.eventually(() => (world.engine.codebuild.build(id)!.phase === 'BUILD' ? true : undefined));
    await world.restart();
    const ended = await world.ended(id);
    expect(ended.status).toBe('SUCCEEDED');
    expect(world.log(ended).match(/^started$/gm)).toHaveLength(1);
  });

  test('a build whose process vanished runs once more, then it is a fault', async () => {
    await world.project();
    const kill = 'kill -9 $(ps -o pgid= -p $$ | sed "s/^ */-/")';
    const ended = await world.build({ 'buildspec.yml': spec(['echo attempt', kill]) });
    expect(ended).toMatchObject({ status: 'FAULT', message: expect.stringContaining('vanished 2 times') });
    expect(ended.text.match(/^attempt$/gm)).toHaveLength(2);
  });

  test('a stopped build ends with all that it started, and leaves nothing but its log', async () => {
    await world.project();
    const id = await world.begin({ 'buildspec.yml': spec(['sleep 60 & echo "pid $!"; sleep 60']) });
    const state = world.engine.codebuild.build(id)!;
    const pid = await world.eventually(() => /pid (\d+)/.exec(world.log(state))?.[1]);
    world.engine.codebuild.stopBuild(id);
    expect(await world.ended(id)).toMatchObject({ status: 'STOPPED', message: 'Build was stopped' });
    await world.eventually(() => (readdirSync(join(world.state, 'builds')).length === 0 ? true : undefined));
    expect(isAlive(pid)).toBe(false);
  });

  test('a build that takes too long is ended', async () => {
    await world.project({ TimeoutInMinutes: 0.004 });
    const ended = await world.build({ 'buildspec.yml': spec(['sleep 60']) });
    expect(ended.status).toBe('TIMED_OUT');
    expect(ended.text).toContain('Phase complete: BUILD State: TIMED_OUT');
  });

  test('builds wait for a place, in order, and one project may be limited', async () => {
    await world.project({ ConcurrentBuildLimit: 1 });
    await world.project({ Name: 'other' });
    const files = { 'buildspec.yml': spec(['sleep 0.2']) };
    const ids = [
      await world.begin(files),
      await world.begin(files),
      await world.begin(files, { project: 'other' }),
    ];
    const phase = (id: string) => world.engine.codebuild.build(id)!.phase;
    await world.eventually(() =>
      phase(ids[2]!) !== 'QUEUED' && phase(ids[0]!) !== 'QUEUED' ? true : undefined,
    );
    expect(phase(ids[1]!)).toBe('QUEUED');
    for (const id of ids) expect((await world.ended(id)).status).toBe('SUCCEEDED');
  });
});
