import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { html } from './html.ts';
import type { Limiter, LimiterState } from './rate-limit.ts';
import { route } from './route.ts';
import { createService } from './service.ts';
import { createTestKit } from './testing/kit.ts';

/** Two calls for each key, counted as the limiters of rate-limiter-flexible do. */
function createLimiter(): Limiter {
  const counts = new Map<string, number>();
  return {
    points: 2,
    duration: 60,
    consume: async key => {
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      const state: LimiterState = { remainingPoints: Math.max(0, 2 - count), msBeforeNext: 1500 };
      if (count > 2) throw state;
      return state;
    },
  };
}

function createApp(limiter: Limiter, output: string[] = []) {
  const limited = route({
    method: 'get',
    path: '/limited',
    summary: 'Be called seldom',
    limit: { limiter },
    answers: { 200: { description: 'A word', type: 'text/plain' } },
    handle: () => ({ status: 200, body: 'word' }),
  });
  const page = async () => ({ title: 'Things', lead: 'Lead.', content: html`` });
  const kit = createTestKit(`${import.meta.dirname}/fixtures/things`, output);
  return createService(kit, { path: '/things', title: 'Things', routes: [limited], page });
}

describe('a limited route', () => {
  test('says how much is left, then when to come again', async () => {
    const app = createApp(createLimiter());
    await request(app)
      .get('/things/limited')
      .expect(200, 'word')
      .expect('RateLimit', '"default";r=1;t=2')
      .expect('RateLimit-Policy', '"default";q=2;w=60');
    await request(app).get('/things/limited').expect(200);
    const { body } = await request(app).get('/things/limited').expect(429).expect('Retry-After', '2');
    expect(body).toMatchObject({ status: 429, title: 'Too Many Requests', requestId: expect.any(String) });
  });

  test('counts each address by itself: the one that the balancer saw, not one that the caller claims', async () => {
    const app = createApp(createLimiter());
    const ask = (forwarded: string) => request(app).get('/things/limited').set('X-Forwarded-For', forwarded);
    await ask('203.0.113.1').expect(200);
    await ask('198.51.100.7, 203.0.113.1').expect(200);
    await ask('198.51.100.8, 203.0.113.1').expect(429);
    await ask('203.0.113.1, 198.51.100.9').expect(200);
  });

  test('is open while its limiter fails, which is logged', async () => {
    const output: string[] = [];
    const consume = async () => {
      throw new Error('the table is away');
    };
    await request(createApp({ ...createLimiter(), consume }, output))
      .get('/things/limited')
      .expect(200);
    expect(output.join('')).toContain('the table is away');
  });
});
