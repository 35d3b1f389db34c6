import { expect, test } from '@jest/globals';
import { asUserError, UserError } from './errors.ts';

test.each([
  [
    'a refusal of AWS',
    Object.assign(new Error('no'), { name: 'AccessDenied', $fault: 'client' }),
    'AccessDenied: no',
  ],
  ['missing credentials', Object.assign(new Error('none'), { name: 'CredentialsProviderError' }), 'none'],
  ['nobody answering', new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }), 'ECONNREFUSED'],
  ['our own sentence', new UserError('sentence'), 'sentence'],
])('%s is told in one sentence', (_what, error, words) => {
  expect(asUserError(error)?.message).toContain(words);
});

test('a bug keeps its stack', () => {
  expect(asUserError(new TypeError('x is not a function'))).toBeUndefined();
});
