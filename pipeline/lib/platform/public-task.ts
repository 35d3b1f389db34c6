import type { Environment } from '@slipway/contract';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/**
 * The security group of a task that is started once in a public subnet, with an address of its own and `PORT=80`; there
 * where the network names who may reach it.
 */
export function addPublicTaskSecurityGroup(
  scope: Construct,
  names: Names,
  { name, network }: Environment,
  vpc: ec2.IVpc,
): ec2.SecurityGroup | undefined {
  if (network.publicTasksFrom === undefined) return undefined;
  const group = new ec2.SecurityGroup(scope, 'PublicTaskSecurityGroup', {
    ...{ vpc, securityGroupName: names.publicTask(name), allowAllOutbound: false },
    description: 'A task that is started once and reached from outside',
  });
  group.addIngressRule(ec2.Peer.ipv4(network.publicTasksFrom), ec2.Port.tcp(80), 'Who may reach it');
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'AWS and the world over TLS');
  return group;
}
