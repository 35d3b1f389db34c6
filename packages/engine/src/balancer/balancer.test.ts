import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { group, httpListener, rule, serveRaw, until, World } from './fixtures/world.ts';

let world: World;
let random: () => number;
beforeEach(() => {
  random = Math.random;
  world = new World(() => random());
});
afterEach(() => world[Symbol.asyncDispose]());

const url = (port: number, path = '/') => `http://127.0.0.1:${port}${path}`;
const text = async (port: number, path = '/', init?: RequestInit) =>
  (await fetch(url(port, path), init)).text();
const status = async (port: number, path = '/', init?: RequestInit) =>
  (await fetch(url(port, path), init)).status;

describe('routing', () => {
  test('paths go to their own group, anything else to the default action', async () => {
    const news = await world.serve((_request, response) => response.end('news'));
    const blog = await world.serve((_request, response) => response.end('blog'));
    const port = await world.route({
      listeners: [
        httpListener([
          rule('/news', 'news'),
          rule('/blog/*', 'blog'),
          {
            conditions: [],
            action: {
              type: 'fixed-response',
              status: 404,
              contentType: 'text/plain',
              body: 'no such service',
            },
          },
        ]),
      ],
      groups: [group('news', [news.port]), group('blog', [blog.port])],
    });
    await world.healthy(2);
    expect(await text(port, '/news?x=/blog/')).toBe('news');
    expect(await text(port, '/blog/1')).toBe('blog');
    expect(await text(port, '/Blog/1')).toBe('no such service');
    expect(await status(port, '/')).toBe(404);
  });

  test('weights split requests as the random numbers fall', async () => {
    const blue = await world.serve((_request, response) => response.end('blue'));
    const green = await world.serve((_request, response) => response.end('green'));
    const port = await world.route({
      listeners: [httpListener([rule('*', ['blue', 90], ['green', 10])])],
      groups: [group('blue', [blue.port]), group('green', [green.port])],
    });
    await world.healthy(2);
    let n = 0;
    random = () => (n++ % 100) / 100;
    // Each request also takes random numbers for its trace id: those come in whole rounds of 3.
    const answers: string[] = [];
    for (let i = 0; i < 100; i++) {
      n = i;
      answers.push(await text(port));
    }
    expect(answers.filter(answer => answer === 'green')).toHaveLength(10);
  });

  test('a redirect fills in what it keeps of the request', async () => {
    const action = {
      type: 'redirect' as const,
      status: 301 as const,
      protocol: 'HTTPS',
      host: '#{host}',
      port: '443',
      path: '/new/#{path}',
      query: '#{query}',
    };
    const port = await world.route({ listeners: [httpListener([{ conditions: [], action }])], groups: [] });
    const response = await fetch(url(port, '/a/b?c=1'), { redirect: 'manual' });
    expect(response.status).toBe(301);
    expect(response.headers.get('location')).toBe('https://127.0.0.1:443/new/a/b?c=1');
  });

  test('targets take turns', async () => {
    const names = ['a', 'b', 'c'];
    const targets = await Promise.all(
      names.map(name => world.serve((_request, response) => response.end(name))),
    );
    const port = await world.front(targets.map(target => target.port));
    const answers = [];
    for (let n = 0; n < 6; n++) answers.push(await text(port));
    expect(answers.slice(0, 3).sort()).toEqual(names);
    expect(answers.slice(3)).toEqual(answers.slice(0, 3));
  });
});

describe('health', () => {
  test('an unhealthy target gets nothing while another is healthy; when all are unhealthy all get requests', async () => {
    const sick = new Set<string>();
    const serve = (name: string) =>
      world.serve((request, response) => {
        if (request.url === '/healthz' && sick.has(name)) response.writeHead(500);
        response.end(name);
      });
    const [a, b] = [await serve('a'), await serve('b')];
    const port = await world.front([a.port, b.port]);
    sick.add('a');
    await until(() => world.balancer.health().some(({ state }) => state === 'unhealthy'));
    expect(world.balancer.health()).toMatchObject([
      {
        state: 'unhealthy',
        reason: 'Target.ResponseCodeMismatch',
        description: 'Health checks failed with these codes: [500]',
      },
      { state: 'healthy' },
    ]);
    expect(new Set([await text(port), await text(port)])).toEqual(new Set(['b']));
    sick.add('b');
    await until(() => world.balancer.health().every(({ state }) => state === 'unhealthy'));
    expect(new Set([await text(port), await text(port)])).toEqual(new Set(['a', 'b']));
    sick.clear();
    await world.healthy(2);
  });

  test('a check that is not answered in time fails with Target.Timeout, a refused one with FailedHealthChecks', async () => {
    const silent = await world.serve(() => {});
    const gone = await serveRaw(() => {});
    gone.server.close();
    await world.route({
      listeners: [httpListener([rule('*', 'silent', 'gone')])],
      groups: [group('silent', [silent.port], { timeoutMs: 50 }), group('gone', [gone.port])],
    });
    await until(() => world.balancer.health().every(({ state }) => state === 'unhealthy'));
    expect(world.balancer.health().map(({ reason }) => reason)).toEqual([
      'Target.Timeout',
      'Target.FailedHealthChecks',
    ]);
  });

  test('targets of a group that no listener uses are not checked', async () => {
    const target = await world.serve(() => {
      throw new Error('checked');
    });
    const { health: _, ...unused } = group('idle', [target.port]);
    await world.route({ groups: [unused] });
    expect(world.balancer.health()).toMatchObject([{ state: 'unused', reason: 'Target.NotInUse' }]);
  });
});

describe('changing tables', () => {
  test('a deregistered target gets no new requests, finishes what it does, and is told drained when idle', async () => {
    let finish = (): void => {};
    const old = await world.serve((request, response) => {
      if (request.url === '/slow') finish = () => response.end('slow from old');
      else response.end('old');
    });
    const next = await world.serve((_request, response) => response.end('new'));
    const port = await world.front([old.port]);
    const slow = text(port, '/slow');
    await until(() => world.balancer.metrics().only!.requestCount === 1);
    await sleep(20);
    const [leaving] = group('only', [old.port]).targets;
    const [coming] = group('only', [next.port]).targets;
    await world.route({
      listeners: [httpListener([rule('*', 'only')])],
      groups: [{ ...group('only', []), targets: [{ ...leaving!, drainMs: 60_000 }, coming!] }],
    });
    await world.healthy(1);
    expect(await text(port)).toBe('new');
    expect(world.balancer.drained()).toEqual([]);
    expect(world.balancer.health()[0]).toMatchObject({ state: 'draining' });
    finish();
    expect(await slow).toBe('slow from old');
    await until(() => world.balancer.drained().length === 1);
    expect(world.balancer.drained()[0]).toMatchObject({ port: old.port });
  });

  test('what still runs when the deregistration delay is over is cut off with 502', async () => {
    const target = await world.serve((request, response) => {
      if (request.url === '/healthz') response.end();
    });
    const port = await world.front([target.port]);
    const stuck = status(port, '/stuck');
    await until(() => world.balancer.metrics().only!.requestCount === 1);
    const [leaving] = group('only', [target.port]).targets;
    await world.route({
      listeners: [httpListener([rule('*', 'only')])],
      groups: [{ ...group('only', []), targets: [{ ...leaving!, drainMs: 50 }] }],
    });
    expect(await stuck).toBe(502);
    await until(() => world.balancer.drained().length === 1);
  });

  test('an address that is registered again is a new target', async () => {
    const target = await world.serve((_request, response) => response.end('ok'));
    const port = await world.front([target.port]);
    const [entry] = group('only', [target.port]).targets;
    const listeners = [httpListener([rule('*', 'only')])];
    const withTarget = (targets: (typeof entry)[]) => ({
      listeners,
      groups: [{ ...group('only', []), targets: targets as NonNullable<typeof entry>[] }],
    });
    await world.route(withTarget([{ ...entry!, drainMs: 1000 }]));
    expect(await status(port)).toBe(503);
    await world.route(withTarget([{ ...entry!, registration: 'again' }]));
    await world.healthy(1);
    expect(await text(port)).toBe('ok');
  });

  test('a listener that is taken away answers what runs and closes', async () => {
    let finish = (): void => {};
    const target = await world.serve((request, response) => {
      if (request.url === '/healthz') response.end();
      else finish = () => response.end('last');
    });
    const port = await world.front([target.port]);
    const running = text(port);
    await until(() => world.balancer.metrics().only!.requestCount === 1);
    await sleep(20);
    await world.route({ groups: [group('only', [target.port])] });
    finish();
    expect(await running).toBe('last');
    await expect(fetch(url(port))).rejects.toThrow();
  });

  test('a busy port is told with its listener, the others serve, and it is taken once it is free', async () => {
    const blocker = await serveRaw(() => {});
    const busy = {
      ...httpListener([]),
      key: 'busy',
      name: 'slipway-busy:80',
      port: blocker.port,
      flexible: false,
    };
    const port = await world.route({ listeners: [httpListener([]), busy] });
    expect(await status(port)).toBe(503);
    expect(world.balancer.listeners()[1]).toMatchObject({
      listening: false,
      code: 'EADDRINUSE',
      message: `EADDRINUSE: listener slipway-busy:80 cannot listen on 127.0.0.1:${blocker.port}, the port is in use by another program`,
    });
    blocker.server.close();
    await until(() => world.balancer.listeners().every(({ listening }) => listening));
  });

  test('an older table than the one in force is ignored', async () => {
    await world.route({ listeners: [httpListener([])] });
    await world.route({ listeners: [httpListener([])] });
    await world.balancer.apply({ number: 1, listeners: [], groups: [] });
    expect(world.balancer.number).toBe(2);
    expect(world.balancer.listeners()).toHaveLength(1);
  });
});
