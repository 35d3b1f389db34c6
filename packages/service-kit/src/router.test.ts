import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import * as z from 'zod';
import { etagOf, requireMatch } from './etag.ts';
import { html } from './html.ts';
import { type Route, route } from './route.ts';
import { createService } from './service.ts';
import { createTestKit } from './testing/kit.ts';

const note = { text: 'first' };
const shape = z.strictObject({
  text: z.string().max(100),
  labels: z.record(z.string(), z.unknown()).optional(),
});
const routes: Route[] = [
  route({
    method: 'get',
    path: '/note',
    summary: 'Read the note',
    query: z.strictObject({ as: z.enum(['loud', 'quiet']).optional() }),
    answers: { 200: { description: 'The note', schema: shape } },
    handle: ({ query }) => ({ status: 200, body: { text: query.as === 'loud' ? 'FIRST' : note.text } }),
  }),
  route({
    method: 'put',
    path: '/note',
    summary: 'Change the note',
    body: shape,
    bodyLimit: 1000,
    answers: { 200: { description: 'The note', schema: shape }, 412: { description: 'It has changed' } },
    handle: ({ body, request: asked }) => {
      requireMatch(asked, etagOf(note));
      return { status: 200, headers: { 'Set-Cookie': ['a=1', 'b=2'] }, body };
    },
  }),
  route({
    method: 'delete',
    path: '/note',
    summary: 'Remove the note',
    answers: { 204: { description: 'It is gone' } },
    handle: () => ({ status: 204 }),
  }),
  route({
    method: 'get',
    path: '/file',
    summary: 'Read a file',
    answers: { 200: { description: 'The file', type: 'text/csv' } },
    handle: () => ({ status: 200, headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' }, body: 'a,b\n' }),
  }),
];
const page = async () => ({ title: 'Things', lead: 'Lead.', content: html`` });
const create = () =>
  createService(createTestKit(`${import.meta.dirname}/fixtures/things`), {
    path: '/things',
    title: 'Things',
    routes,
    page,
  });

describe('reading', () => {
  test('is answered with a tag, and not again while nothing has changed', async () => {
    const { headers } = await request(create())
      .get('/things/note')
      .expect(200, note)
      .expect('Cache-Control', 'no-cache');
    expect(headers.etag).toBe(etagOf(note));
    for (const known of [headers.etag!, `W/${headers.etag}`, `"x", ${headers.etag}`, '*']) {
      await request(create()).get('/things/note').set('If-None-Match', known).expect(304, '');
    }
    await request(create()).get('/things/note?as=loud').set('If-None-Match', headers.etag!).expect(200);
  });

  test('goes by the tag and the age that a handler gives', async () => {
    await request(create())
      .get('/things/file')
      .expect(200, 'a,b\n')
      .expect('Content-Type', 'text/csv')
      .expect('Cache-Control', 'max-age=60');
    await request(create()).get('/things/file').set('If-None-Match', '"v1"').expect(304);
  });

  test('with HEAD has the same headers and no body', async () => {
    const { headers } = await request(create()).get('/things/note');
    const head = await request(create()).head('/things/note').expect(200);
    expect(head.text).toBeUndefined();
    for (const name of ['etag', 'content-length', 'content-type'])
      expect(head.headers[name]).toBe(headers[name]);
  });

  test.each(['as=loud&as=quiet', 'as=shrill', 'as[]=loud', '__proto__=1', 'other=1', 'as=%ff', '%'])(
    'with the query %s is refused',
    async query => {
      await request(create())
        .get(`/things/note?${query}`)
        .expect(400)
        .expect('Content-Type', /problem\+json/);
    },
  );
});

describe('a method that a path does not have', () => {
  test('is refused with those that it has', async () => {
    await request(create())
      .post('/things/note')
      .expect(405)
      .expect('Allow', 'GET, HEAD, PUT, DELETE, OPTIONS');
    await request(create()).delete('/things/healthz').expect(405).expect('Allow', 'GET, HEAD, OPTIONS');
    await request(create()).post('/things').expect(405);
  });

  test('is none of them with OPTIONS, which tells them', async () => {
    await request(create())
      .options('/things/note')
      .expect(204, '')
      .expect('Allow', 'GET, HEAD, PUT, DELETE, OPTIONS');
    await request(create()).options('/things/nowhere').expect(404);
  });
});

describe('a change', () => {
  const put = () => request(create()).put('/things/note');

  test('is made by whoever saw the version that it changes', async () => {
    await put().send(note).expect(200, note);
    await put().set('If-Match', etagOf(note)).send(note).expect(200);
    await put().set('If-Match', '"another"').send(note).expect(412).expect('ETag', etagOf(note));
  });

  test('answers each header that the handler gave, however many', async () => {
    const { headers } = await put().send(note);
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2']);
    await request(create()).delete('/things/note').expect(204, '');
  });

  test('is not made for a page of another origin', async () => {
    await put().set('Sec-Fetch-Site', 'cross-site').send(note).expect(403);
    await put().set('Sec-Fetch-Site', 'same-origin').send(note).expect(200);
    await request(create()).get('/things/note').set('Sec-Fetch-Site', 'cross-site').expect(200);
  });

  const json = 'application/json';
  test.each([
    ['invalid UTF-8', 400, Buffer.from([0x7b, 0x22, 0x74, 0xff, 0x22, 0x3a, 0x31, 0x7d]), json],
    ['a byte order mark', 400, '\ufeff{"text":"a"}', json],
    ['a key that is __proto__', 400, '{"text":"a","labels":{"a":{"__proto__":{"b":1}}}}', json],
    ['a key that is __proto__ in disguise', 400, '{"text":"a","labels":{"\\u005f_proto__":1}}', json],
    ['a key that is constructor', 400, '{"text":"a","labels":{"constructor":{"prototype":{}}}}', json],
    ['very deep nesting', 413, '['.repeat(2000), json],
    ['deep nesting', 400, `{"text":"a","labels":{"a":${'['.repeat(400)}`, json],
    ['more than the route takes', 413, JSON.stringify({ text: 'x'.repeat(1001) }), json],
    ['another charset', 415, '{"text":"a"}', `${json}; charset=iso-8859-1`],
    ['another type', 415, '{"text":"a"}', 'text/plain'],
    ['nothing', 400, '', json],
  ])('with %s is a %d', async (_, status, body, type) => {
    const { text } = await put()
      .type(type)
      .send(body as string)
      .expect(status)
      .expect('Content-Type', /problem\+json/);
    expect(JSON.parse(text)).toMatchObject({ status, requestId: expect.any(String) });
  });

  test('may speak of constructors', async () => {
    await put().type(json).send('{"text":"constructor and __proto__ and \\u00e9"}').expect(200);
    await put().type(`${json}; charset="UTF-8"`).send('{"text":"é"}').expect(200);
  });
});

describe('a service that cannot work as it is declared', () => {
  test('is not made: who needs a caller needs callers', () => {
    const needy = route({
      method: 'get',
      path: '/me',
      summary: 'Who am I',
      caller: 'required',
      answers: {},
      handle: () => undefined,
    });
    const kit = createTestKit(`${import.meta.dirname}/fixtures/things`);
    const make = () => createService(kit, { path: '/things', title: 'Things', routes: [needy], page });
    expect(make).toThrow('get /me needs a caller, but createService was given no callers.');
  });
});
