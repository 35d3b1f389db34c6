import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import * as z from 'zod';
import { cursorOf, pageOf } from './cursor.ts';
import { html } from './html.ts';
import { describeService } from './openapi.ts';
import { route } from './route.ts';
import { createService } from './service.ts';
import { createTestKit } from './testing/kit.ts';

const thing = z
  .strictObject({ name: z.string().default('none') })
  .meta({ id: 'Thing', description: 'A thing' });
const routes = [
  route({
    method: 'get',
    path: '/things',
    summary: 'List things',
    query: z.strictObject({
      limit: z.coerce.number().int().max(100).default(20),
      after: cursorOf(z.string()).optional(),
    }),
    answers: { 200: { description: 'Things', schema: pageOf(thing) } },
    handle: () => ({ status: 200, body: { items: [] } }),
  }),
  route({
    method: 'put',
    path: '/things/:id',
    summary: 'Change a thing',
    params: z.strictObject({ id: z.uuid() }),
    headers: z.object({ 'if-match': z.string() }),
    body: thing,
    answers: { 204: { description: 'Changed' }, 412: { description: 'Somebody changed it before' } },
    handle: () => ({ status: 204 }),
  }),
];
const service = { path: '/example', title: 'Example', routes };
const document = describeService(service);

describe('the OpenAPI document', () => {
  test('has each route with its parameters', () => {
    expect(Object.keys(document.paths)).toEqual(['/example/things', '/example/things/{id}']);
    const { get } = document.paths['/example/things']!;
    expect(get).toMatchObject({ operationId: 'getExampleThings', summary: 'List things' });
    expect(get!.parameters).toEqual([
      expect.objectContaining({ name: 'limit', in: 'query', required: false }),
      expect.objectContaining({
        name: 'after',
        in: 'query',
        required: false,
        description: expect.any(String),
      }),
    ]);
    const { put } = document.paths['/example/things/{id}']!;
    expect(put!.parameters).toEqual([
      expect.objectContaining({ name: 'id', in: 'path', required: true }),
      expect.objectContaining({ name: 'if-match', in: 'header', required: true }),
    ]);
  });

  test('names what is sent apart from what is answered where they differ', () => {
    expect(document.components.schemas).toMatchObject({
      Thing: { required: ['name'], description: 'A thing' },
      ThingInput: { properties: { name: { default: 'none' } } },
      Problem: { required: expect.arrayContaining(['requestId']) },
    });
    expect(document.components.schemas!.ThingInput).not.toHaveProperty('required');
    const { put } = document.paths['/example/things/{id}']!;
    expect(put!.requestBody!.content).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/ThingInput' } },
    });
  });

  test('tells the problems that a route can answer', () => {
    const { put } = document.paths['/example/things/{id}']!;
    expect(Object.keys(put!.responses)).toEqual(['204', '400', '403', '404', '412', '413', '415']);
    const names = Object.keys(document.components.responses!);
    expect(names).toEqual(['BadRequest', 'Forbidden', 'NotFound', 'PayloadTooLarge', 'UnsupportedMediaType']);
  });

  test('refers to nothing that it does not have, and is the same each time', () => {
    const text = JSON.stringify(document);
    for (const [, section, name] of text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g)) {
      expect(document.components[section!]).toHaveProperty(name!);
    }
    expect(text).not.toContain('$defs');
    expect(JSON.stringify(describeService(service))).toBe(text);
  });

  test('is served with a tag and not sent again', async () => {
    const page = async () => ({ title: 'Example', lead: 'Lead.', content: html`` });
    const kit = createTestKit(`${import.meta.dirname}/fixtures/answer-when-told`);
    const app = createService(kit, { ...service, page });
    const { headers, body } = await request(app).get('/example/openapi.json').expect(200);
    expect(body).toEqual(JSON.parse(JSON.stringify(document)));
    await request(app).get('/example/openapi.json').set('If-None-Match', headers.etag!).expect(304);
  });
});
