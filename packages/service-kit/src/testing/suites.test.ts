import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { cursorOf, encodeCursor, pageOf } from '../cursor.ts';
import { etagOf, requireMatch } from '../etag.ts';
import { html } from '../html.ts';
import { describeService } from '../openapi.ts';
import { Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { createService } from '../service.ts';
import { testCallers } from './callers.ts';
import { describeMisfit, listOperations } from './document.ts';
import { describeFuzz } from './fuzz-suite.ts';
import { createTestKit } from './kit.ts';
import { describeOpenApi } from './openapi-suite.ts';
import type { RawAnswer } from './raw-request.ts';

const folder = `${import.meta.dirname}/../fixtures/things`;
const { callers, bearerOf } = await testCallers();

const sentThing = z
  .strictObject({
    name: z.string().trim().min(1).max(40),
    tags: z
      .array(z.string().regex(/^[a-z]{1,10}$/))
      .max(5)
      .default([]),
    size: z.number().min(0).max(10).optional(),
    kind: z.enum(['small', 'large']).default('small'),
    labels: z.record(z.string().max(20), z.string().max(20)).optional(),
    origin: z.union([z.url(), z.null()]).optional(),
  })
  .meta({ id: 'NewThing' });
const thing = z
  .strictObject({ id: z.uuid(), ...sentThing.shape, madeAt: z.iso.datetime() })
  .meta({ id: 'Thing' });
type Thing = z.output<typeof thing>;

/** A service that has a route of each kind. */
function create() {
  const kit = createTestKit(folder);
  const things: Thing[] = [];
  const find = (id: string) => {
    const found = things.find(each => each.id === id);
    if (found === undefined) throw new Problem(404, 'There is no such thing.');
    return found;
  };
  const byId = z.strictObject({ id: z.uuid() });
  const routes: Route[] = [
    route({
      method: 'get',
      path: '/all',
      summary: 'List things',
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(5).default(3),
        after: cursorOf(z.number().int().min(0)).optional(),
        kind: z.enum(['small', 'large']).optional(),
      }),
      answers: { 200: { description: 'Things', schema: pageOf(thing) } },
      handle: ({ query: { limit, after = 0 } }) => {
        const items = things.slice(after, after + limit);
        const end = after + limit;
        return {
          status: 200,
          body: { items, ...(end < things.length && { next: encodeCursor(end) }) },
        };
      },
    }),
    route({
      method: 'post',
      path: '/all',
      summary: 'Make a thing',
      caller: 'required',
      body: sentThing,
      answers: { 201: { description: 'The thing', schema: thing } },
      handle: ({ body }) => {
        const made = { ...body, id: kit.newId(), madeAt: kit.now().toISOString() };
        things.push(made);
        return { status: 201, headers: { Location: `/things/${made.id}` }, body: made };
      },
    }),
    route({
      method: 'get',
      path: '/:id',
      summary: 'Read a thing',
      caller: 'optional',
      params: byId,
      answers: { 200: { description: 'The thing', schema: thing } },
      handle: ({ params }) => ({ status: 200, body: find(params.id) }),
    }),
    route({
      method: 'put',
      path: '/:id',
      summary: 'Change a thing',
      caller: { role: 'editor' },
      params: byId,
      body: sentThing,
      answers: { 200: { description: 'The thing', schema: thing }, 412: { description: 'It has changed' } },
      handle: ({ params, body, request }) => {
        const found = find(params.id);
        requireMatch(request, etagOf(found));
        Object.assign(found, body);
        return { status: 200, body: found };
      },
    }),
    route({
      method: 'delete',
      path: '/:id',
      summary: 'Remove a thing',
      params: byId,
      answers: { 204: { description: 'It is gone' } },
      handle: ({ params }) => {
        things.splice(things.indexOf(find(params.id)), 1);
        return { status: 204 };
      },
    }),
    route({
      method: 'get',
      path: '/:id/text',
      summary: 'Read a thing as text',
      params: byId,
      answers: { 200: { description: 'Its name', type: 'text/plain' } },
      handle: ({ params }) => ({ status: 200, body: find(params.id).name }),
    }),
  ];
  const page = async () => ({ title: 'Things', lead: 'Lead.', content: html`` });
  return createService(kit, { path: '/things', title: 'Things', routes, page, callers });
}

const options = {
  authorization: () => bearerOf({ roles: ['editor'] }),
  known: { id: '00000000-0000-4000-8000-000000000001' },
};
describeOpenApi(folder, create, options);
describeFuzz(folder, create, options);

describe('an answer that the document does not tell is found', () => {
  const read = route({
    method: 'get',
    path: '/:id',
    summary: 'Read a thing',
    params: z.strictObject({ id: z.string() }),
    answers: { 200: { description: 'The thing', schema: z.strictObject({ id: z.string() }) } },
    handle: () => undefined,
  });
  const document = describeService({ path: '/things', title: 'Things', routes: [read] });
  const [found] = listOperations(document);
  const misfit = (answer: Partial<RawAnswer>) =>
    describeMisfit(document, found!, {
      status: 200,
      type: 'application/json',
      headers: {},
      text: '{"id":"1"}',
      ...answer,
    });
  const problem = { type: 'about:blank', title: 'Not Found', status: 404, requestId: '1' };

  test('but not where it fits', () => {
    expect(misfit({})).toBeUndefined();
    expect(misfit({ status: 304, text: '' })).toBeUndefined();
    const text = JSON.stringify(problem);
    expect(misfit({ status: 404, type: 'application/problem+json', text })).toBeUndefined();
  });

  test.each([
    ['a failure', { status: 503, type: 'application/problem+json', text: '{}' }, /503/],
    ['a stack trace', { status: 404, text: 'Error: x\n    at read (/app/main.js:1:2)' }, /stack trace/],
    ['a status', { status: 202 }, /202/],
    ['a type', { type: 'text/html' }, /text\/html/],
    ['a body', { text: '{"id":1}' }, /id/],
    ['a field', { text: '{"id":"1","secret":"2"}' }, /secret/],
    ['a problem without its id', { status: 404, type: 'application/problem+json', text: '{}' }, /requestId/],
  ])('%s', (_, answer, said) => {
    expect(misfit(answer)).toMatch(said);
  });
});
