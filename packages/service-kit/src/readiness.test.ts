import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { html } from './html.ts';
import { createReadiness, type ReadyCheck } from './readiness.ts';
import { createService } from './service.ts';
import { createTestKit } from './testing/kit.ts';

const start = Date.UTC(2030, 0, 1);
const never: ReadyCheck = () => new Promise(() => {});
const fine: ReadyCheck = async () => {};
const broken: ReadyCheck = async () => {
  throw new Error('secret address refused');
};

describe('readiness', () => {
  test('names each dependency that fails or takes too long, and waits for all at once', async () => {
    const failures: string[] = [];
    const ask = createReadiness(
      { store: fine, user: broken, bucket: never, feed: never },
      () => new Date(start),
      name => failures.push(name),
      20,
    );
    await expect(ask()).resolves.toEqual({
      ready: false,
      checks: { store: 'ok', user: 'failed', bucket: 'too slow', feed: 'too slow' },
    });
    expect(failures).toEqual(['user']);
  });

  test('is asked at most once a second', async () => {
    let [asked, time] = [0, start];
    const count = async () => {
      asked += 1;
    };
    const ask = createReadiness(
      { store: count },
      () => new Date(time),
      () => {},
    );
    await Promise.all([ask(), ask()]);
    time += 999;
    await ask();
    expect(asked).toBe(1);
    time += 1;
    await ask();
    expect(asked).toBe(2);
  });

  test('is a 503 that names what is the matter and nothing more, while health goes on', async () => {
    const output: string[] = [];
    const kit = createTestKit(`${import.meta.dirname}/fixtures/things`, output);
    const page = async () => ({ title: 'Things', lead: 'Lead.', content: html`` });
    const ready = { store: broken, feed: fine };
    const app = createService(kit, { path: '/things', title: 'Things', routes: [], page, ready });
    const { body, text } = await request(app).get('/things/readyz').expect(503).expect('Retry-After', '5');
    expect(body).toMatchObject({ status: 503, detail: 'Not ready: store (failed).' });
    expect(text).not.toContain('secret');
    expect(output.join('')).toContain('secret address refused');
    await request(app).get('/things/healthz').expect(200);
  });
});
