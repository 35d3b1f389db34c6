import { describe, expect, test } from '@jest/globals';
import { instanceArchitecture } from './capacity.ts';
import { readDocument } from './document.ts';
import { environmentsSchema } from './environments.ts';
import { rangesOverlap } from './network.ts';

const ZONES = 'zones: [ap-northeast-1a, ap-northeast-1c]';

/** A file whose staging has these lines, beside a production with a network of its own. */
function read(lines: string, network = '') {
  const text = `account: "123456789012"
region: ap-northeast-1
environments:
  production: { network: { cidr: 10.20.0.0/16, ${ZONES} } }
  staging:
    network: { ${ZONES}, ${network} }
${lines}
`;
  const { value, problems } = readDocument({ text, file: 'environments.yaml' }, environmentsSchema);
  return {
    staging: value?.environments[1],
    problems: problems.map(({ key, message }) => `${key}: ${message}`),
  };
}

describe('the network of an environment', () => {
  test('is a /16 with one way out, nothing that costs extra, and no way in for single tasks', () => {
    expect(read('').staging?.network).toEqual({
      cidr: '10.0.0.0/16',
      zones: ['ap-northeast-1a', 'ap-northeast-1c'],
      nat: 1,
      endpoints: [],
    });
  });

  test.each([
    ['cidr: 11.0.0.0/16', 'must be a private range from /16 to /20'],
    ['cidr: 172.15.0.0/16', 'must be a private range'],
    ['cidr: 192.168.8.0/20', 'begins where its size allows'],
    ['cidr: 10.0.0.0/21', 'must be a private range from /16 to /20'],
    ['cidr: 10.0.0.300/16', 'must be a private range'],
    ['cidr: 10.20.16.0/20', 'overlaps with 10.20.0.0/16 of production'],
    ['nat: 3', 'must not be more than the number of zones'],
    ['endpoints: [dynamo]', 'must be one of ecr, logs'],
    ['endpoints: [ssm, ssm]', 'names a service twice'],
    ['flowLogs: 2', 'must be a number of days'],
    ['publicTasksFrom: 203.0.113.9/24', 'must be an IPv4 range that begins where its size allows'],
  ])('cannot have %s', (key, told) => {
    expect(read('', key).problems).toEqual([expect.stringContaining(told)]);
  });

  test('takes any private range, the services to reach directly, a flow log, and who reaches single tasks', () => {
    for (const cidr of ['172.31.240.0/20', '192.168.0.0/16', '10.255.0.0/18'])
      expect(read('', `cidr: ${cidr}`).problems).toEqual([]);
    const network = 'nat: 0, endpoints: [ssm], flowLogs: 14, publicTasksFrom: 203.0.113.0/24';
    expect(read('', network).staging?.network).toMatchObject({
      ...{ nat: 0, endpoints: ['ssm'], flowLogs: 14, publicTasksFrom: '203.0.113.0/24' },
    });
  });

  test('overlaps with another where they share an address', () => {
    expect(rangesOverlap('10.0.0.0/16', '10.0.240.0/20')).toBe(true);
    expect(rangesOverlap('10.0.0.0/16', '10.1.0.0/16')).toBe(false);
  });
});

describe('the capacity of an environment', () => {
  test('is Fargate unless it says otherwise', () => {
    expect(read('').staging?.capacity).toEqual({ type: 'fargate' });
  });

  test('can be Spot with a part on demand', () => {
    expect(read('    capacity: { type: fargate-spot, onDemand: 2 }').staging?.capacity).toEqual({
      ...{ type: 'fargate-spot', onDemand: 2, spot: 4 },
    });
  });

  test('can be instances, private and on demand, with room for twice as many', () => {
    const { staging } = read('    capacity: { type: ec2, instanceType: t4g.medium, count: 3 }');
    expect(staging?.capacity).toEqual({
      ...{ type: 'ec2', instanceType: 't4g.medium', count: 3, max: 6 },
      ...{ market: 'on-demand', diskGiB: 30, public: false },
    });
  });

  test.each([
    ['{ type: lambda }', 'must be fargate, fargate-spot or ec2'],
    ['{ type: ec2 }', 'capacity.instanceType: is missing: add it'],
    ['{ type: ec2, instanceType: t4g.medium, disk: 20 }', 'must be at least 30 GiB'],
    ['{ type: ec2, instanceType: t4g.medium, count: 3, max: 2 }', 'must be at least the count, which is 3'],
    ['{ type: ec2, instanceType: t3.medium }', 'must be an instance type of ARM64'],
    ['{ type: ec2, instanceType: t4g.medium, onDemand: 1 }', 'is only for type: fargate-spot'],
    ['{ instanceType: t4g.medium }', 'is only for type: ec2, and this is fargate: remove it'],
    ['{ tpe: ec2 }', 'did you mean type?'],
  ])('cannot be %s', (capacity, told) => {
    expect(read(`    capacity: ${capacity}`).problems).toEqual([expect.stringContaining(told)]);
  });

  test.each([
    ...(['t4g.small', 'm7gd.large', 'c6gn.large', 'a1.medium', 'im4gn.large', 'r8g.large'] as const).map(
      type => [type, 'ARM64'],
    ),
    ...(['t3.small', 'g4dn.xlarge', 'm7i-flex.large', 'm6a.large', 'u-3tb1.56xlarge'] as const).map(type => [
      type,
      'X86_64',
    ]),
  ])('knows that %s is %s', (type, architecture) => {
    expect(instanceArchitecture(type!)).toBe(architecture);
  });
});

describe('the domain of an environment', () => {
  const zone = 'zone: { id: Z0123456789ABC, name: example.com }';

  test('is a name in a hosted zone', () => {
    expect(read(`    domain: { name: services.example.com, ${zone} }`).staging?.domain).toEqual({
      ...{ name: 'services.example.com', zone: { id: 'Z0123456789ABC', name: 'example.com' } },
    });
    expect(read('').staging?.domain).toBeUndefined();
  });

  test.each([
    [`{ name: services.example.org, ${zone} }`, 'must be example.com or below it'],
    [`{ name: notexample.com, ${zone} }`, 'must be example.com or below it'],
    [`{ name: "*.example.com", ${zone} }`, 'must be a domain name'],
    ['{ name: a.example.com, zone: { id: /hosted/Z1, name: example.com } }', 'must be the id of a Route 53'],
    [
      `{ name: a.example.com, ${zone}, certificate: "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef" }`,
      'must be a certificate in ap-northeast-1',
    ],
  ])('cannot be %s', (domain, told) => {
    expect(read(`    domain: ${domain}`).problems).toEqual([expect.stringContaining(told)]);
  });
});

describe('the targets of alarms', () => {
  test('are addresses and a topic, or nobody', () => {
    expect(read('').staging?.alarms).toEqual({ email: [] });
    expect(read('    alarms: { email: [ops@example.com] }').staging?.alarms).toEqual({
      email: ['ops@example.com'],
    });
  });

  test.each([
    ['{ email: [ops] }', 'must be an e-mail address'],
    ['{ email: ops@example.com }', 'must be a list'],
    ['{ topic: ops }', 'must be the ARN of an SNS topic'],
    ['{ topic: "arn:aws:sns:eu-west-1:123456789012:ops" }', 'must be a topic in ap-northeast-1'],
  ])('cannot be %s', (alarms, told) => {
    expect(read(`    alarms: ${alarms}`).problems).toEqual([expect.stringContaining(told)]);
  });
});
