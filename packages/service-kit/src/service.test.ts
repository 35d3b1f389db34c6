import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import * as z from 'zod';
import { html } from './html.ts';
import { describeLine } from './logger.ts';
import { Problem } from './problem.ts';
import { route } from './route.ts';
import { createService } from './service.ts';
import { createTestKit } from './testing/kit.ts';

const folder = `${import.meta.dirname}/fixtures/answer-when-told`;

function createApp(output: string[] = []) {
  const anything = { 200: { description: 'Anything', schema: z.unknown() } };
  const routes = [
    route({
      method: 'post',
      path: '/echo',
      summary: 'Answer the text',
      body: z.strictObject({ text: z.string() }),
      answers: anything,
      handle: ({ body }) => ({ status: 200, body }),
    }),
    route({
      method: 'get',
      path: '/item/:id',
      summary: 'Answer the id',
      params: z.strictObject({ id: z.string() }),
      answers: anything,
      handle: ({ params }) => ({ status: 200, body: params }),
    }),
    failing('/bug', async () => {
      throw new Error('secret detail');
    }),
    failing('/late-bug', async () => {
      throw Object.assign(new Error('secret detail'), { status: 503 });
    }),
    failing('/undeclared', async () => ({ status: 201 as never, body: 'secret detail' })),
    failing('/taken', async () => {
      throw new Problem(409, 'It is taken.');
    }),
  ];
  const page = async () => ({ title: 'Example', lead: 'Lead.', content: html`<p>Content.</p>` });
  return createService(createTestKit(folder, output), { path: '/example', title: 'Example', routes, page });
}

function failing(path: string, handle: () => Promise<never | { status: never; body: string }>) {
  const answers = { 200: { description: 'Never', schema: z.string() } };
  return route({ method: 'get', path, summary: 'Fail', answers, handle });
}

describe('bad input is answered with a problem of its own, never with a 5xx', () => {
  const post = () => request(createApp()).post('/example/echo');
  const json = 'application/json';

  test.each([
    ['malformed JSON', 400, () => post().type(json).send('{"text":')],
    ['JSON that is no object', 400, () => post().type(json).send('"text"')],
    ['no body', 400, () => post()],
    ['a body of another shape', 400, () => post().send({ text: 1 })],
    ['a form instead of JSON', 415, () => post().type('form').send('text=a')],
    ['an unknown charset', 415, () => post().type(`${json}; charset=klingon`).send('{}')],
    ['an unknown encoding', 415, () => post().type(json).set('Content-Encoding', 'lzma').send('{}')],
    ['compression', 415, () => post().type(json).set('Content-Encoding', 'gzip').send('{}')],
    ['a large body', 413, () => post().send({ text: 'x'.repeat(70_000) })],
    ['a path that is no text', 400, () => request(createApp()).get('/example/item/%ff')],
    ['an unknown route', 404, () => request(createApp()).get('/example/nowhere')],
    ['a method that the path does not have', 405, () => request(createApp()).patch('/example/echo')],
    ['a conflict', 409, () => request(createApp()).get('/example/taken')],
  ])('%s: %d', async (_, status, send) => {
    const { body, headers, text } = await send();
    expect({ status: body.status, type: headers['content-type'] }).toEqual({
      status,
      type: expect.stringMatching(/^application\/problem\+json/),
    });
    expect(body).toMatchObject({
      type: 'about:blank',
      title: expect.any(String),
      requestId: expect.any(String),
    });
    expect(text).not.toMatch(/node_modules|\.ts|at \w+ \(/);
  });

  test('it names what is wrong where a schema can tell', async () => {
    const { body } = await post().send({ text: 1 });
    expect(body.errors).toEqual([{ path: 'text', message: expect.stringMatching(/string/) }]);
  });
});

describe('a bug of ours', () => {
  test.each(['/example/bug', '/example/late-bug'])(
    '%s is a 500 that tells nothing, and a log that tells all',
    async path => {
      const output: string[] = [];
      const { body } = await request(createApp(output)).get(path).expect(500);
      expect(body).toEqual({
        type: 'about:blank',
        title: 'Internal Server Error',
        status: 500,
        requestId: expect.any(String),
      });
      const entry = output.map(line => JSON.parse(line)).find(({ level }) => level === 'error');
      expect(entry).toMatchObject({ requestId: body.requestId, err: { message: 'secret detail' } });
      expect(entry.err.stack).toMatch(/service\.test\.ts/);
    },
  );
});

describe('the request log', () => {
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const output: string[] = [];
    const { headers: answered } = await request(createApp(output)).get(path).set(headers);
    return { entry: JSON.parse(output[0]!), requestId: answered['x-request-id'] };
  };

  test('has a line per request with the ids by which to find it', async () => {
    const trace = 'Self=1-2-3;Root=1-67891233-abcdef012345678912345678;Parent=x';
    const { entry, requestId } = await ask('/example/item/1?secret=2', {
      'X-Amzn-Trace-Id': trace,
      'X-Request-Id': 'mine-1',
    });
    expect(requestId).toBe('mine-1');
    expect(entry).toMatchObject({
      level: 'info',
      msg: 'request',
      method: 'GET',
      path: '/example/item/1',
      status: 200,
      ms: 1000,
      requestId: 'mine-1',
      traceId: '1-67891233-abcdef012345678912345678',
    });
  });

  test('does not believe ids that are none', async () => {
    const { entry } = await ask('/example/', { 'X-Request-Id': 'a b', 'X-Amzn-Trace-Id': 'Root=<x>' });
    expect(entry.requestId).toMatch(/^00000000-/);
    expect(entry).not.toHaveProperty('traceId');
  });

  test('is quiet about health checks', async () => {
    const { entry } = await ask('/example/healthz');
    expect(entry.level).toBe('debug');
  });

  test('reads like sentences while developing', () => {
    const entry = {
      level: 'info',
      time: '2030-01-01T10:11:12.000Z',
      service: 'x',
      msg: 'request',
      path: '/x',
    };
    expect(describeLine(entry)).toBe('10:11:12 info  request path="/x"');
  });
});

describe('the page', () => {
  test('its files are tagged by content and asked for again only when that changes', async () => {
    const app = createApp();
    const { headers } = await request(app)
      .get('/example/assets/theme.js')
      .expect('Content-Type', /javascript/);
    expect(headers.etag).toMatch(/^"[\w-]{27}"$/);
    await request(app).get('/example/assets/theme.js').set('If-None-Match', headers.etag!).expect(304);
  });

  test('can be refreshed without script too', async () => {
    await request(createApp())
      .get('/example')
      .expect(200, /<form id="answer-refresh" action="\/example\/"/);
  });

  test('names no technology and is framed by nobody', async () => {
    const { headers } = await request(createApp()).get('/example/');
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });
});

describe('further pages', () => {
  const page = async () => ({ title: 'Example', lead: 'Lead.', content: html`` });
  const asBrowser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
  const app = createService(createTestKit(folder), {
    path: '/example',
    title: 'Example',
    page,
    routes: [
      route({
        method: 'get',
        path: '/item/:id',
        summary: 'Answer the id',
        params: z.strictObject({ id: z.string() }),
        answers: { 200: { description: 'The id', schema: z.unknown() } },
        handle: ({ params }) => ({ status: 200, body: params }),
      }),
    ],
    pages: [
      { path: '/item/:id', page: async ({ params }) => showItem(params.id!) },
      { path: '/about', page },
    ],
  });

  async function showItem(id: string) {
    if (id === 'none') throw new Problem(404, 'There is no <such> item.');
    return { ...(await page()), title: `Item ${id}` };
  }

  test('have the address of a route, too: who asks for HTML gets the page, all others the JSON', async () => {
    await request(app)
      .get('/example/item/1?a=b')
      .set('Accept', asBrowser)
      .expect(200, /<title>Item 1<.*href="\/example\/item\/1\?a=b&amp;lang=zh".*action="\/example\/item\/1"/s)
      .expect('Vary', 'Accept, Accept-Language');
    for (const accept of ['*/*', 'application/json']) {
      await request(app).get('/example/item/1').set('Accept', accept).expect(200, { id: '1' });
    }
  });

  test('are for everybody at an address of their own, and only to be read', async () => {
    await request(app)
      .get('/example/about')
      .expect(200, /<title>Example</);
    await request(app).post('/example/about').expect(405).expect('Allow', 'GET, HEAD, OPTIONS');
  });

  test('say to a browser what is wrong as a page, with the status and without markup of others', async () => {
    const { text } = await request(app).get('/example/item/none').set('Accept', asBrowser).expect(404);
    expect(text).toContain('There is no &lt;such&gt; item.');
  });
});
