import { describe, expect, test } from '@jest/globals';
import type { Assembly, Resource } from '../testing/fixture.ts';
import { placeAssembly } from '../testing/place.ts';

const stack = 'slipway-network-production';
const all = (assembly: Assembly, type: string): [string, Resource][] =>
  Object.entries(assembly.template(stack).Resources).filter(([, { Type }]) => Type === type);

/** For each private subnet the gateway that its traffic to the internet goes through, in the order of the zones. */
function waysOut(assembly: Assembly): (string | undefined)[] {
  const subnets = all(assembly, 'AWS::EC2::Subnet').filter(([id]) => id.startsWith('VpcPrivate'));
  return subnets.map(([subnet]) => {
    const [, association] = all(assembly, 'AWS::EC2::SubnetRouteTableAssociation').find(
      ([, { Properties }]) => Properties.SubnetId.Ref === subnet,
    )!;
    const route = all(assembly, 'AWS::EC2::Route').find(
      ([, { Properties }]) => Properties.RouteTableId.Ref === association.Properties.RouteTableId.Ref,
    );
    return route?.[1].Properties.NatGatewayId?.Ref;
  });
}

describe('the private side of a network', () => {
  test('leaves through the one NAT gateway that there is', () => {
    const assembly = placeAssembly({ network: 'nat: 1' });
    const [[gateway]] = all(assembly, 'AWS::EC2::NatGateway') as [[string, Resource]];
    expect(waysOut(assembly)).toEqual([gateway, gateway, gateway]);
    expect(all(assembly, 'AWS::EC2::VPCEndpoint')).toHaveLength(2);
  });

  test('leaves through the NAT gateway of its own zone where each has one', () => {
    const assembly = placeAssembly({ network: 'nat: 3' });
    const subnetOf = Object.fromEntries(
      all(assembly, 'AWS::EC2::NatGateway').map(([id, { Properties }]) => [id, Properties.SubnetId.Ref]),
    );
    const zoneOf = (subnet: string) =>
      assembly.template(stack).Resources[subnet]?.Properties.AvailabilityZone as string;
    expect(waysOut(assembly).map(gateway => zoneOf(subnetOf[gateway!]))).toEqual([
      ...['ap-northeast-1a', 'ap-northeast-1c', 'ap-northeast-1d'],
    ]);
  });

  test('shares the gateways where there are fewer than zones, and none leads nowhere', () => {
    const gateways = waysOut(placeAssembly({ network: 'nat: 2' }));
    expect(new Set(gateways).size).toBe(2);
    expect(gateways).not.toContain(undefined);
  });

  test('never leaves without NAT, and reaches all that tasks need through endpoints of its own', () => {
    const assembly = placeAssembly({ network: 'nat: 0' });
    expect(waysOut(assembly)).toEqual([undefined, undefined, undefined]);
    expect(all(assembly, 'AWS::EC2::NatGateway')).toEqual([]);
    expect(services(assembly)).toEqual([
      ...['codedeploy', 'dynamodb', 'ecr.api', 'ecr.dkr', 'ecs', 'logs', 's3'],
    ]);
  });

  test('of instances reaches the agent and Session Manager besides', () => {
    const assembly = placeAssembly({
      ...{ network: 'nat: 0', place: '    capacity: { type: ec2, instanceType: t4g.small }' },
    });
    expect(services(assembly)).toEqual([
      ...['codedeploy', 'dynamodb', 'ecr.api', 'ecr.dkr', 'ecs', 'ecs-agent', 'ecs-telemetry', 'logs', 's3'],
      ...['ssm', 'ssmmessages'],
    ]);
  });

  test('reaches what the environment names by endpoints, beside its NAT, for the network alone', () => {
    const assembly = placeAssembly({ network: 'nat: 1, endpoints: [secretsmanager, sts]' });
    expect(services(assembly)).toEqual(['dynamodb', 's3', 'secretsmanager', 'sts']);
    const [[id, group]] = all(assembly, 'AWS::EC2::SecurityGroup') as [[string, Resource]];
    expect(group.Properties.SecurityGroupIngress).toMatchObject([
      { CidrIp: '10.0.0.0/16', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 },
    ]);
    expect(JSON.stringify(group.Properties.SecurityGroupEgress)).not.toContain('0.0.0.0/0');
    const interfaces = all(assembly, 'AWS::EC2::VPCEndpoint').filter(
      ([, { Properties }]) => Properties.VpcEndpointType === 'Interface',
    );
    for (const [, { Properties }] of interfaces) {
      expect(Properties.SecurityGroupIds).toEqual([{ 'Fn::GetAtt': [id, 'GroupId'] }]);
    }
  });
});

describe('the addresses of a network', () => {
  const blocks = (assembly: Assembly) =>
    Object.fromEntries(
      all(assembly, 'AWS::EC2::Subnet').map(([id, { Properties }]) => [id, Properties.CidrBlock]),
    );

  test('stay what they are when a zone is added', () => {
    const two = blocks(placeAssembly({ zones: 'ac' }));
    const four = blocks(placeAssembly({ zones: 'acdb' }));
    expect(four).toMatchObject(two);
  });

  test.each(['10.0.0.0/16', '10.0.0.0/20'])('fit in %s', cidr => {
    const used = Object.values(blocks(placeAssembly({ network: `cidr: ${cidr}` })));
    expect(used).toHaveLength(6);
    const mask = cidr.endsWith('/20') ? '/23' : '/22';
    expect(used.filter(block => block.endsWith(mask))).toHaveLength(3);
  });
});

test('a network keeps its default security group empty of members: nothing refers to it', () => {
  const assembly = placeAssembly();
  expect(JSON.stringify(assembly.templates)).not.toContain('DefaultSecurityGroup');
});

describe('the flow log', () => {
  test('is not there unless an environment asks for it', () => {
    expect(all(placeAssembly(), 'AWS::EC2::FlowLog')).toEqual([]);
  });

  test('tells of everything, is kept for the days asked for, and is written by a role for it alone', () => {
    const assembly = placeAssembly({ network: 'flowLogs: 7' });
    const [[, flowLog]] = all(assembly, 'AWS::EC2::FlowLog') as [[string, Resource]];
    expect(flowLog.Properties).toMatchObject({ ResourceType: 'VPC', TrafficType: 'ALL' });
    const [[, group]] = all(assembly, 'AWS::Logs::LogGroup') as [[string, Resource]];
    expect(group.Properties).toMatchObject({
      ...{ LogGroupName: '/slipway/production/network', RetentionInDays: 7 },
    });
    const [[, role]] = all(assembly, 'AWS::IAM::Role') as [[string, Resource]];
    expect(role.Properties.RoleName).toBe('slipway-production-flow-log');
    expect(role.Properties.AssumeRolePolicyDocument.Statement[0].Principal).toEqual({
      Service: 'vpc-flow-logs.amazonaws.com',
    });
  });
});

/** The AWS services that a network reaches without leaving it, in order. */
function services(assembly: Assembly): string[] {
  return all(assembly, 'AWS::EC2::VPCEndpoint')
    .map(([, { Properties }]) => {
      const name = Properties.ServiceName;
      const text = typeof name === 'string' ? name : (name['Fn::Join'][1].at(-1) as string);
      return text.replace(/^.*ap-northeast-1\.|^\./, '');
    })
    .sort();
}
