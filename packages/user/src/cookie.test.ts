import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { createRefreshCookie } from './cookie.ts';

const cookie = createRefreshCookie('refresh');
const request = (headers: IncomingMessage['headers']) => ({ headers }) as IncomingMessage;

describe('the cookie of the refresh token', () => {
  test('is for no script, for no other site and for nobody but sessions', () => {
    expect(cookie.write(request({}), 'a.b', 60)).toBe(
      'refresh=a.b; Path=/users/sessions; Max-Age=60; HttpOnly; SameSite=Strict',
    );
  });

  test('goes over TLS only, where the request came so', () => {
    expect(cookie.write(request({ 'x-forwarded-proto': 'https' }), '', 0)).toMatch(/; Secure$/);
    expect(cookie.write(request({ 'x-forwarded-proto': 'https, http' }), '', 0)).not.toMatch(/Secure/);
  });

  test.each([
    [undefined, undefined],
    ['', undefined],
    ['other=1', undefined],
    ['refresh=a.b', 'a.b'],
    ['other=1; refresh=a.b; more=2', 'a.b'],
    ['xrefresh=c; refresh =a.b', 'a.b'],
    ['refresh', undefined],
  ])('is read out of %j', (header, token) => {
    expect(cookie.read(request(header === undefined ? {} : { cookie: header }))).toBe(token);
  });
});
