import { expect, test } from '@jest/globals';
import { localAddress } from './local-addresses.ts';

const BALANCER = 'internal-slipway-staging-1.ap-northeast-1.elb.amazonaws.com';
const names = {
  aliasOf: (name: string) => (name === 'staging.slipway.internal' ? BALANCER : undefined),
  localListener: (dnsName: string, port: number) =>
    dnsName === BALANCER && port === 80 ? 'http://127.0.0.1:8081' : undefined,
};

test.each([
  ['http://staging.slipway.internal/users', 'http://127.0.0.1:8081/users'],
  ['http://staging.slipway.internal', 'http://127.0.0.1:8081'],
  [`http://${BALANCER}/users/json?a=1`, 'http://127.0.0.1:8081/users/json?a=1'],
  [`http://${BALANCER}:80/`, 'http://127.0.0.1:8081/'],
])('%s is %s here', (text, local) => {
  expect(localAddress(names, text)).toBe(local);
});

test.each([
  'https://example.com/',
  'staging.slipway.internal',
  `http://${BALANCER}:9080/`,
  'http://',
  'hello',
])('%s stays what it is', text => {
  expect(localAddress(names, text)).toBeUndefined();
});
