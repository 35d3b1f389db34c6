import { describe, expect, test } from '@jest/globals';
import { fixtureAssembly, type Resource } from '../testing/fixture.ts';

const assembly = fixtureAssembly();

describe('what everything stands on', () => {
  test('keeps repository and artifacts when their stacks go', () => {
    for (const [stack, type] of [
      ['slipway-repository', 'AWS::CodeCommit::Repository'],
      ['slipway-tooling', 'AWS::S3::Bucket'],
    ] as const)
      expect(assembly.resource(stack, type).DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  test('brings the public base image into the own registry', () => {
    expect(assembly.resource('slipway-tooling', 'AWS::ECR::PullThroughCacheRule').Properties).toEqual({
      EcrRepositoryPrefix: 'ecr-public',
      UpstreamRegistryUrl: 'public.ecr.aws',
    });
  });

  test('has a public and a private subnet in each zone that environments.yaml names', () => {
    const zones = assembly
      .resources('AWS::EC2::Subnet')
      .map(subnet => [subnet.Properties.AvailabilityZone, subnet.Properties.MapPublicIpOnLaunch]);
    const each = ['ap-northeast-1a', 'ap-northeast-1c'].flatMap(zone => [
      [zone, true],
      [zone, false],
    ]);
    expect(zones.sort()).toEqual([...each, ...each].sort());
  });

  test.each([
    ['slipway-network-staging', 0, 5],
    ['slipway-network-production', 1, 0],
  ])('%s has %d NAT gateways and %d private endpoints', (stack, gateways, endpoints) => {
    const resources = Object.values(assembly.template(stack).Resources);
    const interfaces = resources.filter(({ Properties }) => Properties?.VpcEndpointType === 'Interface');
    expect(resources.filter(({ Type }) => Type === 'AWS::EC2::NatGateway')).toHaveLength(gateways);
    expect(interfaces).toHaveLength(endpoints);
  });

  test('exports what the service stacks import, under names that never change', () => {
    const exported = ['network', 'cluster'].flatMap(part =>
      Object.values(assembly.template(`slipway-${part}-staging`).Outputs ?? {}).flatMap(
        out => out.Export?.Name ?? [],
      ),
    );
    expect(exported.sort()).toEqual([
      'slipway-staging-balancer',
      'slipway-staging-balancer-security-group',
      'slipway-staging-callers-security-group',
      'slipway-staging-cluster',
      'slipway-staging-door',
      'slipway-staging-namespace',
      'slipway-staging-private-subnet-1',
      'slipway-staging-private-subnet-2',
      'slipway-staging-production-listener',
      'slipway-staging-public-subnet-1',
      'slipway-staging-public-subnet-2',
      'slipway-staging-test-listener',
      'slipway-staging-vpc',
    ]);
  });
});

describe('the balancers of an environment', () => {
  const stack = 'slipway-cluster-staging';
  const balancer = (type: string) =>
    assembly.resource(stack, 'AWS::ElasticLoadBalancingV2::LoadBalancer', ({ Type }) => Type === type)
      .Properties;
  const listeners = (): Resource[] =>
    Object.values(assembly.template(stack).Resources).filter(
      ({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::Listener',
    );

  test('are an internal one with production and test listener, and a public door', () => {
    expect(balancer('application')).toMatchObject({ Name: 'slipway-staging', Scheme: 'internal' });
    expect(balancer('network')).toMatchObject({ Name: 'slipway-staging-door', Scheme: 'internet-facing' });
    expect(listeners().map(({ Properties }) => [Properties.Protocol, Properties.Port])).toEqual([
      ['HTTP', 80],
      ['HTTP', 9080],
      ['TCP', 80],
    ]);
  });

  test('answer 404 where no service has the path', () => {
    for (const { Properties } of listeners().slice(0, 2)) {
      expect(Properties.DefaultActions).toEqual([
        {
          Type: 'fixed-response',
          FixedResponseConfig: expect.objectContaining({ StatusCode: '404' }),
        },
      ]);
    }
  });

  test('never show the test listener to the public', () => {
    const open = Object.values(assembly.template(stack).Resources).filter(({ Properties }) =>
      JSON.stringify(Properties?.SecurityGroupIngress ?? Properties?.CidrIp ?? '').includes('0.0.0.0/0'),
    );
    expect(open).toHaveLength(1);
    expect(open[0]!.Properties).toMatchObject({
      GroupDescription: 'The public door',
      SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', FromPort: 80, ToPort: 80 }],
    });
    expect(assembly.resource(stack, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
      TargetType: 'alb',
      Port: 80,
    });
  });
});
