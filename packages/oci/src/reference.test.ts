import { describe, expect, test } from '@jest/globals';
import { digestOf } from './digest.ts';
import { formatReference, parseReference } from './reference.ts';

describe('image reference', () => {
  const ecr = '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com';

  test('names registry, repository and tag', () => {
    expect(parseReference(`${ecr}/slipway/news:abc`)).toEqual({
      registry: ecr,
      repository: 'slipway/news',
      tag: 'abc',
    });
  });

  test('may carry a tag and a digest', () => {
    const text = `localhost:5000/a/b:1@${digestOf('x')}`;
    expect(parseReference(text)).toMatchObject({
      registry: 'localhost:5000',
      tag: '1',
      digest: digestOf('x'),
    });
    expect(formatReference(parseReference(text))).toBe(text);
  });

  test('without a host is of Docker Hub, without a tag is latest', () => {
    expect(parseReference('node')).toEqual({
      registry: 'docker.io',
      repository: 'library/node',
      tag: 'latest',
    });
  });

  test.each([
    '',
    'UPPER/case',
    'a//b',
    'host.com/../x',
    'a:b:c/d',
    'a@sha256:1',
    'host.com/a:-x',
    `x.y/${'a/'.repeat(2000)}b`,
  ])('%j is refused', text => expect(() => parseReference(text)).toThrow(/is not an image reference/));
});
