import { expect, test } from '@jest/globals';
import { openScene } from '../test-scene.ts';
import { recordedResources } from './index.ts';

const att = (...argument: string[]) => ({ 'Fn::GetAtt': argument });
const ref = (Ref: string) => ({ Ref });

const network = (cidr: string, name = 'a') => ({
  Resources: {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: cidr } },
    Subnet: {
      Type: 'AWS::EC2::Subnet',
      Properties: { VpcId: ref('Vpc'), AvailabilityZone: 'ap-northeast-1c' },
    },
    Table: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('Vpc') } },
    Gateway: { Type: 'AWS::EC2::InternetGateway' },
    Attachment: {
      Type: 'AWS::EC2::VPCGatewayAttachment',
      Properties: { VpcId: ref('Vpc'), InternetGatewayId: ref('Gateway') },
    },
    Route: {
      Type: 'AWS::EC2::Route',
      DependsOn: 'Attachment',
      Properties: {
        RouteTableId: ref('Table'),
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: ref('Gateway'),
      },
    },
    Eip: { Type: 'AWS::EC2::EIP', Properties: { Domain: 'vpc', Tags: [{ Key: 'Name', Value: name }] } },
    Nat: {
      Type: 'AWS::EC2::NatGateway',
      Properties: { AllocationId: att('Eip', 'AllocationId'), SubnetId: ref('Subnet') },
    },
    Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'g', VpcId: ref('Vpc') } },
    Rule: {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: { GroupId: att('Group', 'GroupId'), IpProtocol: 'tcp' },
    },
    Key: { Type: 'AWS::KMS::Key' },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alarms' } },
    Metadata: { Type: 'AWS::CDK::Metadata', Properties: { Analytics: 'x' } },
  },
  Outputs: {
    Vpc: { Value: ref('Vpc') },
    Zone: { Value: att('Subnet', 'AvailabilityZone') },
    Default: { Value: att('Vpc', 'DefaultSecurityGroup') },
    Allocation: { Value: att('Eip', 'AllocationId') },
    Nat: { Value: ref('Nat') },
    Key: { Value: att('Key', 'Arn') },
    Topic: { Value: ref('Topic') },
    Route: { Value: ref('Route') },
  },
});

test('what has no meaning here is recorded with identifiers like those of AWS', async () => {
  const scene = openScene();
  const { status, outputs } = await scene.deploy(network('10.0.0.0/16'));
  expect(status).toBe('SUCCEEDED');
  expect(outputs).toEqual({
    Vpc: expect.stringMatching(/^vpc-[0-9a-f]{17}$/),
    Zone: 'ap-northeast-1c',
    Default: expect.stringMatching(/^sg-[0-9a-f]{17}$/),
    Allocation: expect.stringMatching(/^eipalloc-[0-9a-f]{17}$/),
    Nat: expect.stringMatching(/^nat-[0-9a-f]{17}$/),
    Key: expect.stringMatching(/^arn:aws:kms:ap-northeast-1:123456789012:key\/[0-9a-f-]{36}$/),
    Topic: 'arn:aws:sns:ap-northeast-1:123456789012:alarms',
    Route: expect.stringMatching(/^rtb-[0-9a-f]{17}\|0\.0\.0\.0\/0$/),
  });
  await scene.close();
});

test('an update keeps the identifiers, unless AWS would replace the resource', async () => {
  const scene = openScene();
  const first = await scene.deploy(network('10.0.0.0/16'));
  const tagged = await scene.deploy(network('10.0.0.0/16', 'b'));
  expect(tagged.outputs).toEqual(first.outputs);
  const moved = await scene.deploy(network('10.1.0.0/16', 'b'));
  expect(moved.outputs.Vpc).not.toBe(first.outputs.Vpc);
  expect(moved.outputs.Nat).not.toBe(first.outputs.Nat);
  expect(moved.outputs.Allocation).toBe(first.outputs.Allocation);
  await scene.close();
});

test('a service that carries out a recorded type wins', async () => {
  const thing = openScene().things;
  const scene = openScene({ 'AWS::SNS::Topic': thing });
  await scene.deploy({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
  expect(thing.did()).toEqual(['create Topic']);
  await scene.close();
});

test('names, certificates and instances are recorded, and what users miss of them is told', async () => {
  const scene = openScene();
  const { status, outputs } = await scene.deploy({
    Resources: {
      Zone: {
        Type: 'AWS::Route53::HostedZone',
        Properties: { Name: 'a.internal', VPCs: [{ VPCId: 'vpc-1' }] },
      },
      Record: {
        Type: 'AWS::Route53::RecordSet',
        Properties: { HostedZoneId: ref('Zone'), Name: 'a.internal', Type: 'A' },
      },
      Certificate: {
        Type: 'AWS::CertificateManager::Certificate',
        Properties: { DomainName: 'a.example.com' },
      },
      Template: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateName: 'hosts' } },
      Group: {
        Type: 'AWS::AutoScaling::AutoScalingGroup',
        Properties: {
          AutoScalingGroupName: 'hosts',
          LaunchTemplate: {
            LaunchTemplateId: ref('Template'),
            Version: att('Template', 'LatestVersionNumber'),
          },
        },
      },
    },
    Outputs: {
      Zone: { Value: ref('Zone') },
      Record: { Value: ref('Record') },
      Certificate: { Value: ref('Certificate') },
      Group: { Value: ref('Group') },
    },
  });
  expect([status, outputs]).toEqual([
    'SUCCEEDED',
    {
      Zone: expect.stringMatching(/^Z[0-9A-F]{20}$/),
      Record: 'a.internal',
      Certificate: expect.stringMatching(
        /^arn:aws:acm:ap-northeast-1:123456789012:certificate\/[0-9a-f-]{36}$/,
      ),
      Group: 'hosts',
    },
  ]);
  await scene.close();
  const missed = ['AWS::CertificateManager::Certificate', 'AWS::AutoScaling::AutoScalingGroup'].map(type =>
    recordedResources[type]?.notCarriedOut?.({}),
  );
  expect(missed).toEqual([['TLS: what is here answers over HTTP'], ['instances: tasks run on this machine']]);
});
