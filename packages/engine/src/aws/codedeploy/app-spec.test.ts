import { describe, expect, test } from '@jest/globals';
import { readAppSpec } from './app-spec.ts';
import { appSpecOf } from './test-structures.ts';

const json = (properties: object, rest: object = {}) =>
  JSON.stringify({
    version: 0.0,
    Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties: properties } }],
    ...rest,
  });
const balancer = { ContainerName: 'news', ContainerPort: 3000 };

describe('an AppSpec', () => {
  test('is read from YAML and from JSON alike', () => {
    const fromYaml = readAppSpec(appSpecOf('news:2'));
    expect(fromYaml).toEqual({
      taskDefinition: 'news:2',
      containerName: 'news',
      containerPort: 3000,
      platformVersion: 'LATEST',
      hooks: {},
    });
    const properties = { TaskDefinition: 'news:2', LoadBalancerInfo: balancer, PlatformVersion: 'LATEST' };
    expect(readAppSpec(json(properties))).toEqual(fromYaml);
  });

  test('keeps capacity providers and hooks', () => {
    const CapacityProviderStrategy = [{ CapacityProvider: 'FARGATE', Base: 0, Weight: 1 }];
    const spec = json(
      { TaskDefinition: 'news:2', LoadBalancerInfo: balancer, CapacityProviderStrategy },
      { Hooks: [{ AfterAllowTestTraffic: 'check' }] },
    );
    expect(readAppSpec(spec)).toMatchObject({
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', base: 0, weight: 1 }],
      hooks: { AfterAllowTestTraffic: 'check' },
    });
  });

  test.each([
    ['{', 'neither YAML nor JSON'],
    ['version: 1\n', 'its version must be 0.0'],
    ['version: 0.0\n', 'exactly one resource'],
    [
      'version: 0.0\nResources:\n  - TargetService:\n      Type: AWS::Lambda::Function\n',
      'must be AWS::ECS::Service',
    ],
    [json({ LoadBalancerInfo: balancer }), 'TaskDefinition must be a string'],
    [json({ TaskDefinition: 'a:1' }), 'LoadBalancerInfo must be an object'],
    [json({ TaskDefinition: 'a:1', LoadBalancerInfo: { ...balancer, ContainerPort: 0 } }), 'must be a port'],
    [
      json({ TaskDefinition: 'a:1', LoadBalancerInfo: balancer }, { Hooks: [{ Install: 'f' }] }),
      "'install' is no",
    ],
    ['a: &a [1]\nb: [*a, *a]\n', 'neither YAML nor JSON'],
    ['x'.repeat(60_000), 'larger than'],
  ])('that is not one is refused with a reason: %j', (content, why) => {
    expect(() => readAppSpec(content)).toThrow(why);
    expect(() => readAppSpec(content)).toThrow(
      expect.objectContaining({ code: 'InvalidRevisionException' }) as never,
    );
  });
});
