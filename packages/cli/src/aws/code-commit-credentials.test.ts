import { expect, test } from '@jest/globals';
import { gitCredentials } from './code-commit-credentials.ts';

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const at = {
  url: 'https://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/slipway',
  ...{ region: 'ap-northeast-1', now: Date.UTC(2026, 10, 21, 16, 15, 30) },
};
/** What the AWS command line (1.45) makes of the same keys at that moment. */
const PASSWORD = '20261121T161530Z1b162f0ee415284135d1f501b7820654c68ce4ff699d78219924edef40b04e6d';

test("git signs in as with the AWS command line's helper", () => {
  expect(gitCredentials(keys, at)).toEqual({ username: 'AKIDEXAMPLE', password: PASSWORD });
});

test('keys that end carry their token in the name', () => {
  const { username, password } = gitCredentials({ ...keys, sessionToken: 'TOKEN' }, at);
  expect([username, password]).toEqual(['AKIDEXAMPLE%TOKEN', PASSWORD]);
});
