import { expect, test } from '@jest/globals';
import { type SecretStores, taskSecret } from './task-secrets.ts';

const SECRET = 'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:slipway/staging/news/database';
const texts: Record<string, string> = {
  [SECRET]: '{"url":"db://x","port":5432}',
  [`${SECRET}-AbCdEf`]: 'plain',
};
const stores: SecretStores = {
  parameter: name => ({ '/slipway/staging/news/token': 'parameter value', bare: 'bare value' })[name],
  secret: (id, { versionStage }) => {
    if (texts[id] === undefined) throw new Error("Secrets Manager can't find the specified secret.");
    return versionStage ? `${texts[id]} at ${versionStage}` : texts[id];
  },
};

test.each([
  [SECRET, '{"url":"db://x","port":5432}'],
  [`${SECRET}-AbCdEf`, 'plain'],
  [`${SECRET}:url::`, 'db://x'],
  [`${SECRET}:port::`, '5432'],
  [`${SECRET}-AbCdEf::AWSPREVIOUS:`, 'plain at AWSPREVIOUS'],
  ['arn:aws:ssm:ap-northeast-1:123456789012:parameter/slipway/staging/news/token', 'parameter value'],
  ['/slipway/staging/news/token', 'parameter value'],
  ['arn:aws:ssm:ap-northeast-1:123456789012:parameter/bare', 'bare value'],
])('%s is found', (valueFrom, value) => {
  expect(taskSecret(stores, valueFrom)).toBe(value);
});

test.each([
  [
    SECRET.replace('database', 'nothing'),
    /failed to fetch secret arn:.*nothing from secrets manager: Secrets/,
  ],
  [`${SECRET}:password::`, /did not contain JSON key password/],
  [`${SECRET}:toString::`, /did not contain JSON key toString/],
  [`${SECRET}-AbCdEf:url::`, /is no JSON, so it has no key url/],
  ['/slipway/staging/news/nothing', /invalid parameters: \/slipway\/staging\/news\/nothing/],
  ['arn:aws:s3:::bucket', /invalid ARN format/],
])('%s is told by its name', (valueFrom, message) => {
  expect(() => taskSecret(stores, valueFrom)).toThrow(message);
});

test('what goes wrong never tells a value', () => {
  for (const valueFrom of [`${SECRET}:password::`, `${SECRET}-AbCdEf:url::`]) {
    let told = '';
    try {
      taskSecret(stores, valueFrom);
    } catch (error) {
      told = String(error);
    }
    expect(told).not.toBe('');
    expect(told).not.toMatch(/plain|db:|5432/);
  }
});
