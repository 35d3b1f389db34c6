import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { reapAll } from '../../runtime/reap.ts';
import { openWorld, type World } from './test-world.ts';

/** Real processes on a busy machine. */
jest.setTimeout(30_000);

const SECOND = 1000;

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  await world.close();
  expect(world.errors).toEqual([]);
});

/** Code that leaves a file per run and then does what `then` says. */
const counting = (then: string) => `
  const { appendFileSync, readFileSync } = require('node:fs');
  exports.handler = async event => { console.log('run for', event.who); ${then} };`;

test('an event is carried out once per token, in the background', async () => {
  await world.create(counting('return 1'));
  const id = world.send({ who: 'news' }, 'hook 1');
  expect(world.send({ who: 'news' }, 'hook 1')).toBe(id);
  expect(await world.over(id)).toEqual({ id, status: 'Succeeded', logTail: ['run for news'] });
});

test('an event whose function fails is tried twice more, after one and after two minutes at the pace of the engine', async () => {
  await world.create(counting(`throw new RangeError('no')`));
  const id = world.send({ who: 'news' });
  const errorsOf = () =>
    world.engine.store.table<{ errors: number; status: string }>('lambda_invocations').get(id)!;
  const failed = (errors: number) => () => errorsOf().errors === errors || undefined;
  await world.eventually(failed(1));
  expect(world.engine.lambda.invocation(id)).toMatchObject({ status: 'InProgress' });
  world.clock.advance(0.9 * SECOND);
  await world.engine.controllers.settled();
  expect(errorsOf()).toMatchObject({ errors: 1, status: 'Queued' });
  world.clock.advance(0.2 * SECOND);
  await world.eventually(failed(2));
  world.clock.advance(2 * SECOND);
  const { status, error, logTail } = await world.over(id);
  expect({ status, error }).toEqual({ status: 'Failed', error: { type: 'RangeError', message: 'no' } });
  expect(logTail[0]).toBe('run for news');
  expect(errorsOf().errors).toBe(3);
});

test('a function that takes longer than its timeout is killed with all it does, whatever the speed', async () => {
  await world.create('exports.handler = async () => { console.log("waiting"); for (;;) ; }', { Timeout: 3 });
  const id = world.send();
  const running = world.engine.store.table<{ loaded?: number; timedOut?: true }>('lambda_invocations');
  await world.eventually(() => running.get(id)?.loaded, 1);
  world.clock.advance(2.9 * SECOND);
  await world.engine.controllers.settled();
  expect(running.get(id)?.timedOut).toBeUndefined();
  world.clock.advance(0.2 * SECOND);
  await world.eventually(
    () => (running.get(id) && (running.get(id) as { errors?: number }).errors) || undefined,
  );
  expect(world.engine.lambda.invocation(id)).toMatchObject({
    error: {
      type: 'Sandbox.Timedout',
      message: expect.stringContaining('Task timed out after 3.00 seconds'),
    },
    logTail: ['waiting', 'Task timed out after 3.00 seconds'],
  });
});

test('code that is never done loading is ended, too', async () => {
  await world.create('for (;;) ;', { Timeout: 1 });
  const invoked = world.invoke();
  await world.eventually(() => (readRunning().length > 0 ? true : undefined));
  world.clock.advance(11 * SECOND);
  expect((await invoked).payload).toMatchObject({ errorType: 'Sandbox.Timedout' });
});

const readRunning = () =>
  world.engine.store
    .table<{ status: string; process: string }>('lambda_invocations')
    .values()
    .filter(
      each => each.status === 'Running' && world.engine.processes.status(each.process).state === 'running',
    );

const waitsForFile = (file: string) =>
  counting(
    `while (!require('node:fs').existsSync(process.env.HOME + '/${file}')) await new Promise(r => setTimeout(r, 20)); return 'done'`,
  );

/** Lets a function that waits for the file go on. */
const release = (process: string) => writeFileSync(join(world.state, 'lambda', process, 'work/tmp/go'), '');

test('a function that runs while the engine is killed is carried on, not begun again', async () => {
  await world.create(waitsForFile('go'));
  const id = world.send({ who: 'news' });
  const [{ process } = { process: '' }] = await world.eventually(() =>
    readRunning().length > 0 ? readRunning() : undefined,
  );
  await world.restart(async () => release(process));
  expect(await world.over(id)).toEqual({ id, status: 'Succeeded', logTail: ['run for news'] });
});

test('a function that was ended together with the engine runs again and counts no error', async () => {
  await world.create(waitsForFile('go'));
  const id = world.send({ who: 'news' });
  const [first] = await world.eventually(() => (readRunning().length > 0 ? readRunning() : undefined));
  await world.restart(() => reapAll(world.state, { graceMs: 2000 }));
  const [second] = await world.eventually(() => {
    const others = readRunning().filter(each => each.process !== first!.process);
    return others.length > 0 ? others : undefined;
  });
  release(second!.process);
  expect(await world.over(id)).toMatchObject({ status: 'Succeeded' });
  const row = world.engine.store
    .table<{ errors: number; interruptions: number }>('lambda_invocations')
    .get(id);
  expect(row).toMatchObject({ errors: 0, interruptions: 1 });
});

test('an event that waits for a function that is gone fails and says so', async () => {
  await world.create(counting(`throw new Error('no')`));
  const id = world.send({ who: 'news' });
  await world.eventually(() => world.engine.lambda.invocation(id)?.error);
  await world.remove('check');
  world.clock.advance(60 * SECOND);
  expect((await world.over(id)).error).toMatchObject({ type: 'ResourceNotFoundException' });
  expect(() => world.send()).toThrow(
    'Function not found: arn:aws:lambda:ap-northeast-1:123456789012:function:check',
  );
});

test('a reserved concurrency of one runs one event after the other', async () => {
  await world.create(waitsForFile('go'), { ReservedConcurrentExecutions: 1 });
  const ids = [world.send({ who: 'a' }), world.send({ who: 'b' })];
  const [first] = await world.eventually(() => (readRunning().length > 0 ? readRunning() : undefined));
  expect((await world.invoke()).status).toBe(429);
  release(first!.process);
  const [second] = await world.eventually(() => {
    const others = readRunning().filter(each => each.process !== first!.process);
    return others.length > 0 ? others : undefined;
  });
  release(second!.process);
  for (const id of ids) expect(await world.over(id)).toMatchObject({ status: 'Succeeded' });
});

test('what is over leaves no files but its log', async () => {
  await world.create(counting('return 1'));
  const id = world.send({ who: 'news' });
  await world.over(id);
  const row = world.engine.store.table<{ process: string; log: { group: string; stream: string } }>(
    'lambda_invocations',
  );
  const { process, log } = row.get(id)!;
  await world.eventually(() => !existsSync(join(world.state, 'lambda', process)) || undefined);
  expect(world.engine.processes.ids()).toEqual([]);
  expect(log.group).toBe('/aws/lambda/check');
  expect(log.stream).toMatch(/^2026\/01\/01\/\[\$LATEST\][0-9a-f]{32}$/);
  const text = readFileSync(world.engine.logs.streams.file(log.group, log.stream), 'utf8');
  expect(text).toMatch(
    new RegExp(
      `^START RequestId: ${id} Version: \\$LATEST\\n\\S+Z\\t${id}\\tINFO\\trun for news\\nEND RequestId: ${id}\\nREPORT RequestId: ${id}\\tDuration: `,
    ),
  );
});

test('an engine that is killed after any commit of an invocation runs the function once', async () => {
  class Killed extends Error {}
  let kills = 0;
  await world.create(counting('return 1'));
  for (let n = 1, dead = true; dead; n++) {
    let commits = 0;
    dead = false;
    world.engine.store.onCommit(() => {
      commits++;
      if (dead || commits !== n) return;
      dead = true;
      kills++;
      void world.engine.controllers.stop();
      // The end of a process is noted outside of any step: nobody is there to be interrupted.
      if (!new Error().stack?.includes('processes.ts')) throw new Killed();
    });
    const token = `kill ${n}`;
    try {
      world.send({ who: token }, token);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    const isOver = () => {
      const id = world.engine.store.table<string>('lambda_tokens').get(token);
      return id !== undefined && !world.engine.store.table('lambda_active').get(id);
    };
    await world.eventually(() => (dead || isOver() ? true : undefined), 10);
    if (dead) await world.restart();
    await world.eventually(() => (isOver() ? true : undefined), 10);
    const id = world.send({ who: token }, token);
    expect(world.engine.lambda.invocation(id)).toMatchObject({ status: 'Succeeded' });
    const { log } = world.engine.store
      .table<{ log: { group: string; stream: string } }>('lambda_invocations')
      .get(id)!;
    const text = readFileSync(world.engine.logs.streams.file(log.group, log.stream), 'utf8');
    expect(text.match(/^START /gm)).toHaveLength(1);
  }
  expect(kills).toBeGreaterThan(2); // what happens at once is one commit: how many there are depends on the machine
  expect(world.errors.splice(0).every(each => each instanceof Killed)).toBe(true);
});
