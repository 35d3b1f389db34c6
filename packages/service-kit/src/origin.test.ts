import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { ownAddressOf, refuseForeign } from './origin.ts';

describe('an address to go back to', () => {
  test.each(['/', '/news/', '/news/?lang=zh&after=a.b', '/blog/#post-1'])('%j is of this origin', address => {
    expect(ownAddressOf(address)).toBe(address);
  });

  test.each([
    '//evil.example/',
    '/\\evil.example/',
    'https://evil.example/',
    'javascript:alert(1)',
    'news/',
    '',
    '/\t/evil.example',
    '/news/\r\nSet-Cookie: a=b',
    ['/news/'],
    undefined,
  ])('%j is not', address => {
    expect(ownAddressOf(address)).toBeUndefined();
  });
});

describe('a request that changes something', () => {
  const ask = (headers: Record<string, string>) => () =>
    refuseForeign({ headers } as unknown as IncomingMessage);

  test.each([
    [{}],
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'http://127.0.0.1:8080', host: '127.0.0.1:8080' }],
  ])('is let through with %j', headers => {
    expect(ask(headers)).not.toThrow();
  });

  test.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:8080', host: '127.0.0.1:8080' }],
    [{ origin: 'http://127.0.0.1:9999', host: '127.0.0.1:8080' }],
    [{ origin: 'null', host: '127.0.0.1:8080' }],
  ])('is refused with %j', headers => {
    expect(ask(headers)).toThrow(expect.objectContaining({ status: 403 }));
  });
});
