import { describe, expect, test } from '@jest/globals';
import { normalizeEmail } from './email.ts';

describe('an e-mail address', () => {
  test.each([
    ['ada@example.org', 'ada@example.org'],
    [' Ada@Example.ORG\n', 'ada@example.org'],
    ['a+b@sub.example.org', 'a+b@sub.example.org'],
  ])('%j is kept as %s', (text, kept) => expect(normalizeEmail(text)).toBe(kept));

  test.each([
    ['nothing', ''],
    ['no domain', 'ada'],
    ['two', 'ada@example.org, bob@example.org'],
    ['a letter that only looks like another', 'mar\u212a@example.org'],
    ['a control character', 'ada\u0000@example.org'],
    ['more than mail can carry', `${'a'.repeat(250)}@example.org`],
  ])('is refused when it is %s', (_, text) => expect(normalizeEmail(text)).toBeUndefined());
});
