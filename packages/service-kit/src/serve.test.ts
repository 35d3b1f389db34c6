import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bundleService } from './bundle.ts';
import { ownAddress, type ServiceProcess, startServiceProcess } from './testing/service-process.ts';

describe('a service in a process of its own', () => {
  let out: string;
  let mainFile: string;
  let agent: Agent;
  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'slipway-serve-'));
    mainFile = join(out, 'main.js');
    await bundleService(`${import.meta.dirname}/fixtures/answer-when-told`, out);
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  beforeEach(() => {
    agent = new Agent({ keepAlive: true });
  });
  afterEach(() => agent.destroy());

  const ask = async (service: ServiceProcess, path: string, options: { agent?: Agent } = {}) => {
    const [response] = (await once(get(service.url + path, { agent: false, ...options }), 'response')) as [
      IncomingMessage,
    ];
    return { connection: response.headers.connection, text: await text(response) };
  };
  const logged = async (service: ServiceProcess, message: string) => {
    while (!service.lines.some(line => line.includes(`"msg":"${message}"`))) await new Promise(setImmediate);
  };

  test('at SIGTERM it finishes what runs, still answers what comes, and ends with 0', async () => {
    await using service = await startServiceProcess(mainFile);
    await expect(ask(service, '/told/healthz', { agent })).resolves.toMatchObject({
      connection: 'keep-alive',
    });
    const slow = ask(service, '/told/wait');
    await logged(service, 'waiting');

    service.terminate();
    await logged(service, 'draining');
    await expect(ask(service, '/told/json', { agent })).resolves.toMatchObject({ connection: 'close' });
    await expect(ask(service, '/told/now')).resolves.toEqual({ connection: 'close', text: 'now' });
    await expect(slow).resolves.toEqual({ connection: 'close', text: 'told' });
    await expect(service.ended).resolves.toBe(0);
  });

  test('open connections that carry nothing, or never did, do not hold it up', async () => {
    await using service = await startServiceProcess(mainFile, { DRAIN_LIMIT_MS: '60000' });
    const unused = connect(service.port, service.host).on('error', () => {});
    await once(unused, 'connect');
    await ask(service, '/told/healthz', { agent });
    service.terminate();
    await expect(service.ended).resolves.toBe(0);
    unused.destroy();
  });

  test('health checks that go on do not hold it up', async () => {
    await using service = await startServiceProcess(mainFile, {
      DRAIN_LIMIT_MS: '60000',
      DRAIN_QUIET_MS: '200',
    });
    let over = false;
    service.ended.then(() => {
      over = true;
    });
    service.terminate();
    while (!over) await ask(service, '/told/healthz').catch(() => {});
    await expect(service.ended).resolves.toBe(0);
  });

  test('a request that never ends is cut off at the limit, and it ends with 0', async () => {
    await using service = await startServiceProcess(mainFile, { DRAIN_LIMIT_MS: '100' });
    const slow = ask(service, '/told/wait');
    const cut = expect(slow).rejects.toThrow();
    await logged(service, 'waiting');
    service.terminate();
    await cut;
    await expect(service.ended).resolves.toBe(0);
    expect(service.lines.join('\n')).toContain('requests were cut off at the drain limit');
  });

  test('a rejection that nobody handles is logged, what runs is finished, and it ends with 1', async () => {
    await using service = await startServiceProcess(mainFile);
    const slow = ask(service, '/told/wait');
    await logged(service, 'waiting');
    await expect(ask(service, '/told/forget')).resolves.toMatchObject({ text: 'forgotten' });
    await logged(service, 'draining');
    await ask(service, '/told/now');
    await expect(slow).resolves.toMatchObject({ text: 'told' });
    await expect(service.ended).resolves.toBe(1);
    const entry = service.lines.map(line => JSON.parse(line)).find(({ level }) => level === 'fatal');
    expect(entry).toMatchObject({ err: { message: 'forgotten' }, msg: 'an error that nobody caught' });
  });

  test.each([
    [
      'headers that are too large',
      `GET /told/healthz HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    ['what is no request', 'HELO there\r\n\r\n', 400],
    [
      'two lengths',
      'POST /told/now HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
      400,
    ],
  ])('%s: it is a problem like every other', async (_, sent, status) => {
    await using service = await startServiceProcess(mainFile);
    const socket = connect(service.port, service.host).on('error', () => {});
    socket.write(sent);
    const [head, body] = (await text(socket)).split('\r\n\r\n');
    expect(head).toMatch(`HTTP/1.1 ${status} `);
    expect(head).toContain('application/problem+json');
    expect(JSON.parse(body!)).toMatchObject({ status, requestId: expect.any(String) });
    await expect(ask(service, '/told/healthz')).resolves.toMatchObject({ text: '{"status":"ok"}' });
  });

  test('metrics of its requests are written when it ends', async () => {
    await using service = await startServiceProcess(mainFile, { SLIPWAY_ENVIRONMENT: 'staging' });
    for (let count = 0; count < 3; count += 1) await ask(service, '/told/now');
    await ask(service, '/told/nowhere');
    service.terminate();
    await service.ended;
    const found = service.lines.map(line => JSON.parse(line)).filter(entry => entry._aws);
    const dimensions = { Service: 'told', Environment: 'staging' };
    expect(found).toEqual([
      expect.objectContaining({ ...dimensions, Route: '/told/now', Status: '2xx', Requests: 3 }),
      expect.objectContaining({ ...dimensions, Route: 'unknown', Status: '4xx', Requests: 1 }),
    ]);
  });

  test('it tells callers to keep connections for longer than the balancer does', async () => {
    await using service = await startServiceProcess(mainFile);
    const [response] = await once(get(`${service.url}/told/healthz`, { agent }), 'response');
    response.resume();
    expect(response.headers['keep-alive']).toBe('timeout=65');
  });

  test('its log is JSON with the service in every line', async () => {
    await using service = await startServiceProcess(mainFile, { SLIPWAY_ENVIRONMENT: 'staging' });
    expect(JSON.parse(service.lines[0]!)).toMatchObject({
      level: 'info',
      service: 'told',
      environment: 'staging',
      msg: 'listening',
      port: service.port,
    });
  });

  (process.platform === 'linux' ? test : test.skip)('it listens on its own address only', async () => {
    await using service = await startServiceProcess(mainFile);
    const [error] = await once(connect(service.port, '127.0.0.1'), 'error');
    expect(error.code).toBe('ECONNREFUSED');
  });

  test('what keeps it from starting is said in one sentence', async () => {
    await using service = await startServiceProcess(mainFile);
    const refused = (env: Record<string, string>) => startServiceProcess(mainFile, env);
    await expect(refused({ PORT: 'http' })).rejects.toThrow(
      'ended with 1: PORT must be a whole number from 0 to 65535, but it is "http".\n',
    );
    await expect(refused({ PORT: String(service.port) })).rejects.toThrow(
      `ended with 1: Cannot listen on ${ownAddress}:${service.port}: something else listens there already.\n`,
    );
  });
});
