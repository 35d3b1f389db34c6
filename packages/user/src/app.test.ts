import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createTestKit, describeApp } from '@slipway/service-kit/testing';
import request from 'supertest';
import { type AppDeps, createApp } from './app.ts';
import { deriveSigningKeys } from './signing-keys.ts';
import { openMemoryStores } from './stores.ts';
import { cheapPasswords } from './testing/accounts.ts';

const folder = `${import.meta.dirname}/..`;
const ada = { email: 'Ada@Example.org', name: 'Ada', password: 'correct horse battery' };
const { name: _, ...credentials } = ada;

function create(deps: Partial<AppDeps> = {}) {
  const kit = createTestKit(folder);
  return createApp({
    ...kit,
    ...{ stores: openMemoryStores(kit.now), passwords: cheapPasswords, random: randomBytes },
    keys: deriveSigningKeys(['s'.repeat(48), 'o'.repeat(48)]),
    cookieName: 'refresh',
    ...deps,
  });
}
type App = ReturnType<typeof create>;

async function signIn(app: App) {
  await request(app).post('/users').send(ada).expect(201);
  const { body, headers } = await request(app).post('/users/sessions').send(credentials).expect(201);
  return { bearer: `Bearer ${body.accessToken}`, cookie: cookieOf(headers), body };
}

function cookieOf(headers: Record<string, unknown>): string {
  return String((headers['set-cookie'] as string[])[0]).split(';')[0]!;
}

describeApp(folder, create);

describe('somebody who registers', () => {
  test('has a profile at the location that was answered, and is on the page', async () => {
    const app = create();
    const { body, headers } = await request(app).post('/users').send(ada).expect(201);
    expect(body).toEqual({ id: expect.any(String), name: 'Ada', registeredAt: expect.any(String) });
    await request(app).get(headers.location!).expect(200, body);
    await request(app)
      .get('/users/')
      .expect(200, /<span class="text-break">Ada<\/span>/);
  });

  test('keeps address, password and hash from everybody, and from the log', async () => {
    const log: string[] = [];
    const app = create(createTestKit(folder, log));
    await signIn(app);
    const answers = [
      await request(app).post('/users').send(ada),
      await request(app)
        .post('/users')
        .send({ ...ada, password: 'hash' }),
      await request(app)
        .post('/users/sessions')
        .send({ ...credentials, password: 'wrong' }),
      await request(app).get('/users/'),
      await request(app).get('/users/?lang=zh'),
    ];
    const said = [...answers.map(({ text }) => text), ...log].join('\n');
    expect(said).not.toMatch(/ada@example\.org|correct horse|hash of/i);
  });

  test('takes an address however it is written', async () => {
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
    ['a long password', { ...ada, password: 'x'.repeat(257) }, 'password'],
    ['no address', { ...ada, email: 'ada' }, 'email'],
    ['a name of nothing', { ...ada, name: '  ' }, 'name'],
    ['a name that turns the line around', { ...ada, name: 'Ada\u202eevil' }, 'name'],
    ['a name of two lines', { ...ada, name: 'Ada\nAdministrator' }, 'name'],
    ['a field that users do not have', { ...ada, roles: ['editor'] }, ''],
  ])('with %s is told what is wrong', async (_, sent, path) => {
    const { body } = await request(create()).post('/users').send(sent).expect(400);
    expect(body).toMatchObject({ status: 400, errors: [{ path, message: expect.any(String) }] });
  });
});

test.each(['nobody', '00000000-0000-4000-8000-999999999999', '%00', '..%2fjson'])(
  'there is no user %s',
  async id => {
    await request(create()).get(`/users/${id}`).expect(404);
  },
);

describe('a session', () => {
  test('begins with a token for every service and a cookie for this one', async () => {
    const app = create();
    await request(app).post('/users').send(ada);
    const answer = await request(app).post('/users/sessions').send(credentials).expect(201);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^refresh=[\w-]{22}\.[\w-]{43}; Path=\/users\/sessions; Max-Age=25\d{5}; HttpOnly; SameSite=Strict$/,
      ),
    ]);
    expect(answer.body).toEqual({
      ...{ accessToken: expect.any(String), tokenType: 'Bearer', expiresIn: 900 },
      user: expect.objectContaining({ name: 'Ada', email: 'ada@example.org', roles: [] }),
    });
  });

  test.each([
    ['a wrong password', { ...credentials, password: 'wrong' }],
    ['an unknown address', { ...credentials, email: 'bob@example.org' }],
  ])('does not begin with %s, which answers like the other', async (_, sent) => {
    const app = create();
    await request(app).post('/users').send(ada);
    const { body, headers } = await request(app).post('/users/sessions').send(sent).expect(401);
    expect(body.detail).toBe('The e-mail address or the password is wrong.');
    expect(headers['set-cookie']).toBeUndefined();
  });

  test('goes on by the cookie until the sign-out', async () => {
    const app = create();
    const { cookie } = await signIn(app);
    const next = await request(app).post('/users/sessions/refresh').set('Cookie', cookie).expect(200);
    const successor = cookieOf(next.headers);
    expect(successor).not.toBe(cookie);
    await request(app)
      .get('/users/me')
      .set('Authorization', `Bearer ${next.body.accessToken}`)
      .expect(200, next.body.user);
    const out = await request(app).delete('/users/sessions').set('Cookie', successor).expect(204);
    expect(out.headers['set-cookie']).toEqual([expect.stringMatching(/^refresh=; .*Max-Age=0;/)]);
    await request(app).post('/users/sessions/refresh').set('Cookie', successor).expect(401);
    await request(app).post('/users/sessions/refresh').expect(401);
  });

  test('is not touched by pages of other origins', async () => {
    const app = create();
    const { cookie } = await signIn(app);
    for (const [name, value] of [
      ['Sec-Fetch-Site', 'cross-site'],
      ['Sec-Fetch-Site', 'same-site'],
      ['Origin', 'http://127.0.0.1:1'],
      ['Origin', 'null'],
    ] as const) {
      const send = (ask: request.Test) => ask.set('Cookie', cookie).set(name, value).expect(403);
      await send(request(app).post('/users/sessions/refresh'));
      await send(request(app).delete('/users/sessions'));
      await send(request(app).post('/users/sessions').send(credentials));
    }
    await request(app).post('/users/sessions/refresh').set('Cookie', cookie).expect(200);
  });

  test('told of in the log when a token is used again names the user and no token', async () => {
    const log: string[] = [];
    const app = create(createTestKit(folder, log));
    const { cookie, body } = await signIn(app);
    const stolen = `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}`;
    await request(app).post('/users/sessions/refresh').set('Cookie', stolen).expect(401);
    await request(app).post('/users/sessions/refresh').set('Cookie', cookie).expect(401);
    expect(log.join('')).toContain(`"user":"${body.user.id}"`);
    expect(log.join('')).not.toContain(cookie.slice('refresh='.length, 30));
  });
});

describe('an account', () => {
  test('is read and renamed by its owner alone', async () => {
    const app = create();
    const { bearer, body } = await signIn(app);
    const renamed = { ...body.user, name: 'Ada Lovelace' };
    await request(app)
      .patch('/users/me')
      .set('Authorization', bearer)
      .send({ name: ' Ada Lovelace ' })
      .expect(200, renamed);
    await request(app)
      .get('/users/me')
      .set('Authorization', bearer)
      .expect('Cache-Control', 'no-store')
      .expect(200, renamed);
    await request(app)
      .get('/users/me')
      .expect(401)
      .expect('WWW-Authenticate', /^Bearer/);
    await request(app).patch('/users/me').send({ name: 'Bob' }).expect(401);
    for (const sent of [{ name: '' }, { email: 'bob@example.org' }, { name: 'Ada', roles: ['editor'] }]) {
      await request(app).patch('/users/me').set('Authorization', bearer).send(sent).expect(400);
    }
  });

  test('gets another password by the current one, which ends what the old one began', async () => {
    const app = create();
    const { bearer, cookie } = await signIn(app);
    const change = (current: string, next = 'another good password') =>
      request(app).put('/users/me/password').set('Authorization', bearer).send({ current, next });
    await change('wrong').expect(403);
    await change(ada.password, 'short').expect(400);
    const { headers } = await change(ada.password).expect(200);
    await request(app).post('/users/sessions/refresh').set('Cookie', cookie).expect(401);
    await request(app).post('/users/sessions/refresh').set('Cookie', cookieOf(headers)).expect(200);
    await request(app).post('/users/sessions').send(credentials).expect(401);
  });
});

test('the keys are published for five minutes, and tokens name one of them', async () => {
  const app = create();
  const { body, headers } = await request(app).get('/users/.well-known/jwks.json').expect(200);
  expect(headers['cache-control']).toBe('public, max-age=300');
  expect(body.keys).toHaveLength(2);
  expect(body.keys[0]).not.toHaveProperty('d');
  const { bearer } = await signIn(app);
  const header = JSON.parse(Buffer.from(bearer.slice(7).split('.')[0]!, 'base64url').toString());
  expect(header).toMatchObject({ alg: 'EdDSA', kid: body.keys[0].kid });
});

describe('too many attempts', () => {
  test('with one address are refused with when to try again', async () => {
    const app = create();
    await request(app).post('/users').send(ada);
    const guess = () =>
      request(app)
        .post('/users/sessions')
        .send({ ...credentials, password: 'wrong' });
    for (let tried = 0; tried < 10; tried++) await guess().expect(401);
    const { headers, body } = await guess().expect(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(900);
    expect(body).toMatchObject({ status: 429, detail: expect.stringMatching(/wait \d+ min/) });
    await request(app).post('/users/sessions').send(credentials).expect(429);
  });

  test('from one network are refused, whatever the caller says of others before the balancer', async () => {
    const app = create();
    const register = (number: number, from: string) =>
      request(app)
        .post('/users')
        .set('X-Forwarded-For', `10.0.0.${number}, ${from}`)
        .send({ ...ada, email: `user-${number}@example.org` });
    for (let number = 0; number < 20; number++) await register(number, '198.51.100.1').expect(201);
    await register(20, '198.51.100.1').expect(429).expect('Retry-After', /^\d+$/);
    await register(20, '198.51.100.2').expect(201);
  });
});
