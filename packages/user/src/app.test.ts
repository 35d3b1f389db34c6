import { describe, expect, test } from '@jest/globals';
import { createTestKit, describeApp } from '@slipway/service-kit/testing';
import request from 'supertest';
import { createApp } from './app.ts';
import { createMemoryUserStore } from './user-store.ts';

const folder = `${import.meta.dirname}/..`;
const log: string[] = [];
const create = () => {
  const hashPassword = async (password: string) => `hash of ${password}`;
  return createApp({ ...createTestKit(folder, log), users: createMemoryUserStore(), hashPassword });
};
const ada = { email: 'Ada@Example.org', name: 'Ada', password: 'correct horse battery' };

describeApp(folder, create);

describe('users', () => {
  test('who has registered has a profile at the location that was answered', async () => {
    const app = create();
    const { body, headers } = await request(app).post('/users').send(ada).expect(201);
    expect(body).toEqual({ id: expect.any(String), name: 'Ada', registeredAt: expect.any(String) });
    await request(app).get(headers.location!).expect(200, body);
    await request(app)
      .get('/users/')
      .expect(200, /<span class="text-break">Ada<\/span>/);
  });

  test('neither address nor password nor hash leaves the service, not even into its log', async () => {
    const app = create();
    const answers = [
      await request(app).post('/users').send(ada),
      await request(app).post('/users').send(ada),
      await request(app)
        .post('/users')
        .send({ ...ada, password: 'hash' }),
      await request(app).get('/users/'),
    ];
    const said = [...answers.map(({ text }) => text), ...log].join('\n');
    expect(said).not.toMatch(/example\.org|correct horse|hash of/i);
  });

  test('an address is taken however it is written', async () => {
    const app = create();
    await request(app).post('/users').send(ada).expect(201);
    const again = { ...ada, email: ' ada@example.ORG ' };
    await request(app)
      .post('/users/')
      .send(again)
      .expect(409)
      .expect('Content-Type', /problem\+json/);
  });

  test.each([
    ['a short password', { ...ada, password: 'short' }, 'password'],
    ['a long password', { ...ada, password: 'x'.repeat(129) }, 'password'],
    ['no address', { ...ada, email: 'ada' }, 'email'],
    ['a name of nothing', { ...ada, name: '  ' }, 'name'],
    ['a field that users do not have', { ...ada, admin: true }, ''],
  ])('a registration with %s is refused with what is wrong', async (_, sent, path) => {
    const { body } = await request(create()).post('/users').send(sent).expect(400);
    expect(body).toMatchObject({ status: 400, errors: [{ path, message: expect.any(String) }] });
  });

  test.each(['nobody', '00000000-0000-4000-8000-999999999999', '%00', '..%2fjson'])(
    'there is no user %s',
    async id => {
      await request(create()).get(`/users/${id}`).expect(404);
    },
  );
});
