import { describe, expect, test } from '@jest/globals';
import { readDocument } from './document.ts';
import { environmentsSchema } from './environments.ts';
import { formatProblem } from './problem.ts';

const HEAD = 'account: "111111111111"\nregion: ap-northeast-1\nenvironments:\n';
const network = (cidr: string, region: string) =>
  `network: { cidr: ${cidr}, zones: [${region}a, ${region}c] }`;
const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const SINGAPORE = 'ap-southeast-1';

function read(text: string) {
  return readDocument({ text: HEAD + text, file: 'environments.yaml' }, environmentsSchema);
}
function problems(text: string): string[] {
  return read(text).problems.map(problem => formatProblem(problem).replace(/^\S+ {2}/, ''));
}

/** Production in Tokyo and in further regions, each in one line: `osaka: { … }`. */
function production(...regions: string[]): string {
  const further = regions.map(line => `      ${line}\n`).join('');
  return `  production:\n    ${network('10.0.0.0/16', TOKYO)}\n    regions:\n${further}`;
}
const region = (key: string, region: string, cidr: string, rest = '') =>
  `${key}: { region: ${region}, ${rest}${network(cidr, region)} }`;

describe('places', () => {
  test('are the regions of all environments, the first one named like its environment', () => {
    const text = `  staging:\n    ${network('10.1.0.0/16', TOKYO)}\n${production(
      region('osaka', OSAKA, '10.2.0.0/16'),
      region('singapore', SINGAPORE, '10.3.0.0/16'),
    )}`;
    const places = read(text).value?.environments.map(place => [
      ...[place.name, place.environment, place.region, place.wave, place.network.cidr],
    ]);
    expect(places).toEqual([
      ['staging', 'staging', TOKYO, 1, '10.1.0.0/16'],
      ['production', 'production', TOKYO, 1, '10.0.0.0/16'],
      ['production-osaka', 'production', OSAKA, 2, '10.2.0.0/16'],
      ['production-singapore', 'production', SINGAPORE, 3, '10.3.0.0/16'],
    ]);
  });

  test('come in the order of their waves, and several may share one', () => {
    const text = production(
      region('osaka', OSAKA, '10.2.0.0/16', 'wave: 2, '),
      region('singapore', SINGAPORE, '10.3.0.0/16', 'wave: 1, '),
      region('seoul', 'ap-northeast-2', '10.4.0.0/16'),
    );
    expect(read(text).value?.environments.map(({ name, wave }) => [name, wave])).toEqual([
      ['production', 1],
      ['production-singapore', 1],
      ['production-osaka', 2],
      ['production-seoul', 2],
    ]);
  });

  test('share what their environment says of all of them', () => {
    const text = `${production(region('osaka', OSAKA, '10.2.0.0/16'))}    account: "222222222222"
    approval: true
    protect: true
    logs: 90
    terminationWait: 7
`;
    for (const place of read(text).value!.environments) {
      expect(place).toMatchObject({
        ...{ account: '222222222222', approval: true, protect: true },
        ...{ logRetentionDays: 90, terminationWaitMinutes: 7 },
      });
    }
  });

  test('take capacity and addressees of alarms from their environment unless they name their own', () => {
    const text = `${production(
      region('osaka', OSAKA, '10.2.0.0/16'),
      region('singapore', SINGAPORE, '10.3.0.0/16', 'capacity: { type: fargate }, alarms: {}, '),
    )}    capacity: { type: fargate-spot }
    alarms: { email: [ops@example.com], topic: "arn:aws:sns:${TOKYO}:111111111111:ops" }
    domain: { name: a.example.com, zone: { id: Z0123456789ABC, name: example.com } }
`;
    const [, osaka, singapore] = read(text).value!.environments;
    expect(osaka?.capacity.type).toBe('fargate-spot');
    expect(osaka?.alarms).toEqual({ email: ['ops@example.com'] }); // the topic is Tokyo's
    expect(osaka?.domain).toBeUndefined();
    expect(singapore).toMatchObject({ capacity: { type: 'fargate' }, alarms: { email: [] } });
  });

  test('may be in another account and region than the pipelines', () => {
    const text = `  staging:\n    account: "222222222222"\n    region: ${OSAKA}\n    ${network('10.1.0.0/16', OSAKA)}\n`;
    expect(read(text).value?.environments).toMatchObject([{ account: '222222222222', region: OSAKA }]);
  });
});

describe('what is wrong with a place is told where it stands', () => {
  test.each([
    [
      'ranges that share addresses, however they are written',
      production(region('osaka', OSAKA, '10.0.128.0/20')),
      'environments.production.regions.osaka.network.cidr: "10.0.128.0/20" — overlaps with 10.0.0.0/16 of production: such networks can never be joined, choose another',
    ],
    [
      'a zone of another region',
      production(
        `osaka: { region: ${OSAKA}, network: { cidr: 10.1.0.0/16, zones: [${TOKYO}a, ${OSAKA}c] } }`,
      ),
      'environments.production.regions.osaka.network.zones.0: "ap-northeast-1a" — must be in ap-northeast-3',
    ],
    [
      'a region that is named twice',
      production(region('again', TOKYO, '10.1.0.0/16')),
      'environments.production.regions.again.region: "ap-northeast-1" — is where production is already: name each region once',
    ],
    [
      'a wave with none before it',
      production(region('osaka', OSAKA, '10.1.0.0/16', 'wave: 3, ')),
      'environments.production.regions.osaka.wave: 3 — is 3, but there is no wave 2 before it: leave none out',
    ],
    [
      'a partition that roles and images do not reach',
      production(region('ningxia', 'cn-northwest-1', '10.1.0.0/16')),
      'environments.production.regions.ningxia.region: "cn-northwest-1" — is in another partition of AWS than ap-northeast-1: neither roles nor images get there',
    ],
    [
      'a key that is longer than names of roles have room for',
      production(region('northernjapan', OSAKA, '10.1.0.0/16')),
      'environments.production.regions.northernjapan — is not a good name: use at most 9 characters: names of roles and buckets are short',
    ],
    [
      'an account that is no account',
      `  staging:\n    account: "1234"\n    ${network('10.1.0.0/16', TOKYO)}\n`,
      'environments.staging.account: "1234" — must be 12 digits, in quotes',
    ],
  ])('%s', (_, text, message) => {
    expect(problems(text)).toEqual([message]);
  });

  test('a region and an environment of one name, whose services would get the same stacks', () => {
    const text = `  osaka:\n    ${network('10.9.0.0/16', TOKYO)}\n${production(region('osaka', OSAKA, '10.1.0.0/16'))}`;
    expect(problems(text)).toEqual([expect.stringContaining('is the name of an environment, too')]);
  });
});
