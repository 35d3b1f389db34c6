import { expect, test } from '@jest/globals';
import type { Environments } from '@slipway/contract';
import { requireOneHome } from './start.ts';

const home = { account: '111111111111', region: 'ap-northeast-1' };
const environments = (...places: object[]) => ({ ...home, environments: places }) as unknown as Environments;

test('places of one account and region are carried out here', () => {
  expect(() => requireOneHome(environments({ name: 'staging', ...home }))).not.toThrow();
});

test('places elsewhere are refused before anything is started, each with where it is', () => {
  const file = environments(
    { name: 'staging', ...home },
    { name: 'production', ...home, account: '222222222222' },
    { name: 'production-osaka', ...home, region: 'ap-northeast-3' },
  );
  expect(() => requireOneHome(file)).toThrow(
    /one account and one region: production \(222222222222, ap-northeast-1\), production-osaka \(111111111111, ap-northeast-3\)\./,
  );
});
