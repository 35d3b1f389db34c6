import { describe, expect, test } from '@jest/globals';
import { fixtureAssembly } from '../testing/fixture.ts';
import { type Resources, usesOf } from './bill.ts';
import { KNOBS } from './knobs.ts';
import { PRICES, type Price, SOURCES } from './prices.ts';
import { report, sumsTable } from './report.ts';

const PLACES = ['staging', 'production'];
const bill = report(fixtureAssembly().path, PLACES, 'ARM64');
const quantity = (place: string, item: string) =>
  bill.bills.find(each => each.place === place)?.uses.find(use => use.item === item)?.quantity;

describe('the sum of an assembly', () => {
  test('counts the tasks of all services by size and hour', () => {
    expect(quantity('staging', 'Fargate vCPU, ARM')).toBe(3 * 0.25 * 730);
    expect(quantity('production', 'Fargate GB, ARM')).toBe(3 * 2 * 0.5 * 730);
  });

  test('counts gateways, balancers and each public address', () => {
    expect(quantity('production', 'NAT gateways')).toBe(730);
    expect(quantity('production', 'Public addresses')).toBe(3 * 730); // the gateway's, and the door's in two zones
    expect(quantity('staging', 'Public addresses')).toBe(2 * 730);
    expect(quantity('staging', 'Network balancers')).toBe(730);
  });

  test('counts an interface endpoint in each of its zones, and gateway endpoints for nothing', () => {
    const endpoints = fixtureAssembly()
      .resources('AWS::EC2::VPCEndpoint')
      .filter(({ Properties }) => Properties.VpcEndpointType === 'Interface');
    expect(endpoints.length).toBeGreaterThan(0);
    expect(quantity('staging', 'Interface endpoints')).toBe(endpoints.length * 2 * 730);
  });

  test('knows a price, or that there is none, for every resource there is', () => {
    expect(bill.unpriced).toEqual([]);
  });

  test('is the sum of its rows', () => {
    const rows = [...sumsTable(bill).matchAll(/^\| [^*|]+ \|.*\| ([\d.]+) \|$/gm)].map(([, usd]) =>
      Number(usd),
    );
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.reduce((all, row) => all + row, 0)).toBeCloseTo(bill.total, 0);
  });
});

describe('a resource', () => {
  const service = (strategy: object[], more: Resources = {}): Resources => ({
    ...more,
    Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { Cpu: '1024', Memory: '2048' } },
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: { CapacityProviderStrategy: strategy, ...(more.Target ? {} : { DesiredCount: 5 }) },
    },
  });
  const hours = (resources: Resources) =>
    Object.fromEntries(usesOf(resources).uses.map(use => [use.item, use.quantity / 730]));

  test('on Spot costs less for the tasks beyond the base', () => {
    const spot = { CapacityProvider: 'FARGATE_SPOT', Weight: 1 };
    const base = { CapacityProvider: 'FARGATE', Base: 1, Weight: 0 };
    const counted = hours(service([base, spot]));
    expect(counted['Fargate vCPU']).toBe(1);
    expect(counted['Fargate Spot vCPU']).toBeCloseTo(4 * 0.4);
  });

  test('on instances costs what the instances cost, and its tasks nothing', () => {
    expect(hours(service([{ CapacityProvider: { Ref: 'Instances' }, Weight: 1 }]))).toEqual({});
    const group: Resources = {
      Group: { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: { MinSize: '2' } },
      Template: {
        Type: 'AWS::EC2::LaunchTemplate',
        Properties: { LaunchTemplateData: { InstanceType: 't4g.medium' } },
      },
    };
    expect(usesOf(group).uses).toMatchObject([{ quantity: 2 * 730 }, { item: 'Disks', quantity: 60 }]);
  });

  test('that scales itself costs at least its fewest tasks', () => {
    const Target = { Type: 'AWS::ApplicationAutoScaling::ScalableTarget', Properties: { MinCapacity: 3 } };
    expect(hours(service([], { Target }))['Fargate vCPU']).toBe(3);
  });

  test('that nobody has priced is named', () => {
    expect(usesOf({ Web: { Type: 'AWS::WAFv2::WebACL' } }).unpriced).toEqual(['AWS::WAFv2::WebACL']);
  });
});

test('every price says where it was read, or what it rests on', () => {
  for (const price of Object.values<Price>(PRICES)) {
    expect(price.usd).toBeGreaterThan(0);
    expect(SOURCES[price.source].read !== '' || price.basis !== undefined).toBe(true);
  }
});

test('every choice is told with a price', () => {
  for (const { usd } of KNOBS) expect(usd).toBeGreaterThan(0);
});
