import { createHash } from 'node:crypto';
import type { ResourceRequest } from '../../../core/resource.ts';
import { ec2Id, type RecordedType, type RecordedTypes, string } from './record.ts';

/** An address of 203.0.113.0/24, which is for documentation and routed nowhere. */
function documentationAddress(physicalId: string): string {
  return `203.0.113.${(Number.parseInt(physicalId.slice(-2), 16) % 254) + 1}`;
}

function allocationId(...parts: string[]): string {
  return `eipalloc-${createHash('sha256').update(parts.join('/')).digest('hex').slice(0, 17)}`;
}

function zone({ properties, stack }: ResourceRequest): string {
  return string(properties, 'AvailabilityZone') ?? `${stack.region}a`;
}

const own = (prefix: string, attribute: string, more: Partial<RecordedType> = {}): RecordedType => ({
  physicalId: ec2Id(prefix),
  attributes: (_request, id) => ({ [attribute]: id }),
  ...more,
});

/** A relation between two resources, named by what it joins. */
const relation = (...parts: string[]): RecordedType => ({
  physicalId: ({ properties }) =>
    parts
      .map(part => string(properties, part) ?? '')
      .filter(Boolean)
      .join('|'),
  replacedBy: parts,
});

const securityGroupRule: RecordedType = {
  physicalId: (_request, unique) => `sgr-${unique.slice(0, 17)}`,
  attributes: (_request, id) => ({ Id: id }),
  replacedBy: [
    ...['GroupId', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIp', 'CidrIpv6'],
    ...[
      'SourceSecurityGroupId',
      'DestinationSecurityGroupId',
      'SourcePrefixListId',
      'DestinationPrefixListId',
    ],
  ],
};

/** Networks: tasks here listen on the loopback interface. */
export const ec2: RecordedTypes = {
  'AWS::EC2::VPC': {
    physicalId: ec2Id('vpc'),
    attributes: ({ properties }, id) => ({
      VpcId: id,
      CidrBlock: string(properties, 'CidrBlock') ?? '10.0.0.0/16',
      CidrBlockAssociations: [id.replace('vpc-', 'vpc-cidr-assoc-')],
      DefaultNetworkAcl: id.replace('vpc-', 'acl-'),
      DefaultSecurityGroup: id.replace('vpc-', 'sg-'),
      Ipv6CidrBlocks: [],
    }),
    replacedBy: ['CidrBlock', 'InstanceTenancy'],
  },
  'AWS::EC2::Subnet': {
    physicalId: ec2Id('subnet'),
    attributes: (request, id) => ({
      SubnetId: id,
      AvailabilityZone: zone(request),
      CidrBlock: string(request.properties, 'CidrBlock') ?? '',
      Ipv6CidrBlocks: [],
      NetworkAclAssociationId: id.replace('subnet-', 'aclassoc-'),
      VpcId: string(request.properties, 'VpcId') ?? '',
    }),
    replacedBy: ['AvailabilityZone', 'CidrBlock', 'VpcId'],
  },
  'AWS::EC2::InternetGateway': own('igw', 'InternetGatewayId'),
  'AWS::EC2::EgressOnlyInternetGateway': own('eigw', 'Id', { replacedBy: ['VpcId'] }),
  'AWS::EC2::VPCGatewayAttachment': relation('VpcId', 'InternetGatewayId', 'VpnGatewayId'),
  'AWS::EC2::RouteTable': own('rtb', 'RouteTableId', { replacedBy: ['VpcId'] }),
  'AWS::EC2::Route': relation('RouteTableId', 'DestinationCidrBlock', 'DestinationIpv6CidrBlock'),
  'AWS::EC2::SubnetRouteTableAssociation': own('rtbassoc', 'Id', {
    replacedBy: ['RouteTableId', 'SubnetId'],
  }),
  'AWS::EC2::EIP': {
    physicalId: (_request, unique) => documentationAddress(unique),
    attributes: ({ stack, logicalId }, id) => ({
      AllocationId: allocationId(stack.id, logicalId, id),
      PublicIp: id,
    }),
    replacedBy: ['Domain', 'NetworkBorderGroup'],
  },
  'AWS::EC2::NatGateway': own('nat', 'NatGatewayId', {
    replacedBy: ['AllocationId', 'SubnetId', 'ConnectivityType'],
  }),
  'AWS::EC2::SecurityGroup': {
    physicalId: ec2Id('sg'),
    attributes: ({ properties }, id) => ({ GroupId: id, Id: id, VpcId: string(properties, 'VpcId') ?? '' }),
    replacedBy: ['GroupDescription', 'GroupName', 'VpcId'],
  },
  'AWS::EC2::SecurityGroupIngress': securityGroupRule,
  'AWS::EC2::SecurityGroupEgress': securityGroupRule,
  'AWS::EC2::NetworkAcl': own('acl', 'Id', { replacedBy: ['VpcId'] }),
  'AWS::EC2::NetworkAclEntry': relation('NetworkAclId', 'RuleNumber'),
  'AWS::EC2::SubnetNetworkAclAssociation': own('aclassoc', 'AssociationId', {
    replacedBy: ['SubnetId', 'NetworkAclId'],
  }),
  'AWS::EC2::VPCEndpoint': {
    physicalId: ec2Id('vpce'),
    attributes: ({ properties }, id) => ({
      Id: id,
      DnsEntries: [`Z0000000000000:${id}.${string(properties, 'ServiceName') ?? 'vpce'}`],
      NetworkInterfaceIds: [],
    }),
    replacedBy: ['ServiceName', 'VpcEndpointType', 'VpcId'],
  },
  'AWS::EC2::FlowLog': own('fl', 'Id', {
    replacedBy: ['ResourceId', 'ResourceType', 'TrafficType', 'LogGroupName', 'LogDestination'],
  }),
  'AWS::EC2::LaunchTemplate': own('lt', 'LaunchTemplateId', {
    attributes: (_request, id) => ({
      LaunchTemplateId: id,
      LatestVersionNumber: '1',
      DefaultVersionNumber: '1',
    }),
    replacedBy: ['LaunchTemplateName'],
  }),
};
