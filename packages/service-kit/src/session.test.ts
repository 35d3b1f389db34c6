import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';

type Session = {
  user: { id: string; name: string; roles: string[] } | undefined;
  ready: Promise<unknown>;
  adopt: (token: string) => void;
  fetch: (url: string, init?: RequestInit) => Promise<Response>;
  signOut: () => Promise<void>;
  follow: () => Promise<void>;
  onChange: (listener: () => void) => void;
};

// What browsers are given: no types and no package of its own.
const script: string = '../public/session.js';
const { createSession } = (await import(script)) as { createSession: (world: object) => Session };

const servers: AsyncDisposable[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});

const minute = 60_000;

/** An origin whose user service has the session `ada` while `signedIn`, and a clock. */
async function startOrigin() {
  const origin = {
    url: '',
    signedIn: true,
    time: 1_900_000_000_000,
    asked: [] as string[],
    refused: new Set<string>(),
  };
  const server = createServer((request, response) => {
    origin.asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    if (request.url === '/users/sessions/refresh') {
      response.writeHead(origin.signedIn ? 200 : 401);
      response.end(JSON.stringify({ accessToken: tokenOf('ada', origin.time) }));
    } else if (request.url === '/users/sessions') {
      origin.signedIn = false;
      response.writeHead(204).end();
    } else {
      response.writeHead(origin.refused.has(request.headers.authorization ?? '') ? 401 : 200).end('{}');
    }
  });
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  origin.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return origin;
}

type Origin = Awaited<ReturnType<typeof startOrigin>>;

function tokenOf(sub: string, at: number): string {
  const claims = { sub, name: '爱达', roles: ['editor'], exp: Math.floor((at + 15 * minute) / 1000) };
  return `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
}

/** A tab of a browser; tabs of one browser share `all`. */
function openTab(origin: Origin, all = createStorage(), tab = createStorage()): Session {
  return createSession({
    fetch: (url: string, init: RequestInit) => fetch(new URL(url, origin.url), init),
    tab,
    all,
    locks: navigator.locks,
    origin: origin.url,
    now: () => origin.time,
  });
}

function createStorage() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

describe('the session of a page', () => {
  test('asks nobody who has never signed in', async () => {
    const origin = await startOrigin();
    const session = openTab(origin);
    await session.ready;
    await session.fetch('/news/articles');
    expect(session.user).toBeUndefined();
    expect(origin.asked).toEqual(['GET /news/articles']);
  });

  test('knows who has signed in, on other pages and in other tabs too', async () => {
    const origin = await startOrigin();
    const [all, tab] = [createStorage(), createStorage()];
    const session = openTab(origin, all, tab);
    let changes = 0;
    session.onChange(() => {
      changes += 1;
    });
    session.adopt(tokenOf('ada', origin.time));
    expect(session.user).toEqual({ id: 'ada', name: '爱达', roles: ['editor'] });
    expect(changes).toBe(1);

    const nextPage = openTab(origin, all, tab);
    expect(nextPage.user?.id).toBe('ada');
    expect(origin.asked).toEqual([]);
    const otherTab = openTab(origin, all);
    await otherTab.ready;
    expect(otherTab.user?.id).toBe('ada');
    expect(origin.asked).toEqual(['POST /users/sessions/refresh']);
  });

  test('gets a new token before the old one ends, once for all that ask', async () => {
    const origin = await startOrigin();
    const session = openTab(origin);
    const old = tokenOf('ada', origin.time);
    session.adopt(old);
    origin.time += 14 * minute + 45_000;
    await Promise.all([session.fetch('/news/a'), session.fetch('/news/b')]);
    const renewed = `Bearer ${tokenOf('ada', origin.time)}`;
    expect(origin.asked).toHaveLength(3);
    expect(origin.asked[0]).toBe('POST /users/sessions/refresh');
    expect(origin.asked.slice(1).sort()).toEqual([`GET /news/a ${renewed}`, `GET /news/b ${renewed}`]);
  });

  test('tries once more with a new token where the old one is refused', async () => {
    const origin = await startOrigin();
    const session = openTab(origin);
    session.adopt(tokenOf('ada', origin.time));
    origin.refused.add(`Bearer ${tokenOf('ada', origin.time)}`);
    origin.time += minute;
    const { status } = await session.fetch('/news/articles', { method: 'POST' });
    expect(status).toBe(200);
    expect(origin.asked.map(line => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'POST /news/articles',
      'POST /users/sessions/refresh',
      'POST /news/articles',
    ]);
  });

  test('is over when user says so, in all tabs', async () => {
    const origin = await startOrigin();
    const all = createStorage();
    const [one, other] = [openTab(origin, all), openTab(origin, all)];
    one.adopt(tokenOf('ada', origin.time));
    await other.follow();
    expect(other.user?.id).toBe('ada');
    await one.signOut();
    await other.follow();
    expect([one.user, other.user]).toEqual([undefined, undefined]);

    const later = openTab(origin, all);
    await later.ready;
    expect(later.user).toBeUndefined();
  });

  test('is not given to other origins', async () => {
    const origin = await startOrigin();
    const session = openTab(origin);
    session.adopt(tokenOf('ada', origin.time));
    await expect(session.fetch('https://elsewhere.example/')).rejects.toThrow('its own origin');
  });

  test('believes no token that cannot be read', async () => {
    const origin = await startOrigin();
    const session = openTab(origin);
    for (const text of ['', 'x', 'a.b.c', `h.${Buffer.from('{"sub":1}').toString('base64url')}.s`]) {
      session.adopt(text);
      expect(session.user).toBeUndefined();
    }
  });
});
