import type { Contract } from '@slipway/contract';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Fn } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { productionPort } from '../platform/ports.ts';
import type { ServicePlace } from './service-place.ts';

/**
 * The edges of the network: balancer → service, AWS over TLS, and service → balancer where the contract says that it
 * calls others. All calls go through the one internal balancer, so the edge opens the way to every service.
 */
export function addSecurityGroup(
  scope: Construct,
  { names, service, environment }: ServicePlace,
  balancer: string,
) {
  const group = new ec2.CfnSecurityGroup(scope, 'SecurityGroup', {
    groupName: names.deployed(service.name, environment.name).family,
    groupDescription: `Tasks of ${service.name} in ${environment.name}`,
    vpcId: Fn.importValue(names.exports(environment.name).vpc),
    securityGroupEgress: [tcp(443, { cidrIp: '0.0.0.0/0', description: 'AWS and the world over TLS' })],
  });
  const id = group.attrGroupId;
  const edges = [
    new ec2.CfnSecurityGroupIngress(scope, 'FromBalancer', {
      ...tcp(service.port, {
        groupId: id,
        sourceSecurityGroupId: balancer,
        description: 'From the balancer',
      }),
    }),
    new ec2.CfnSecurityGroupEgress(scope, 'BalancerToService', {
      ...tcp(service.port, {
        groupId: balancer,
        destinationSecurityGroupId: id,
        description: `To ${service.name}`,
      }),
    }),
    ...(service.calls.length > 0
      ? addCallEdges(scope, service.name, { id, balancer, port: productionPort(environment) })
      : []),
    ...(service.deployment.controller === 'ecs'
      ? addNameEdges(scope, service, {
          id,
          callers: Fn.importValue(names.exports(environment.name).callersSecurityGroup),
        })
      : []),
  ];
  return { id, edges };
}

/** The way to the balancer, and in there. */
function addCallEdges(
  scope: Construct,
  service: string,
  { id, balancer, port }: { id: string; balancer: string; port: number },
) {
  return [
    new ec2.CfnSecurityGroupEgress(scope, 'ToBalancer', {
      ...tcp(port, {
        ...{ groupId: id, destinationSecurityGroupId: balancer, description: 'To other services' },
      }),
    }),
    new ec2.CfnSecurityGroupIngress(scope, 'ServiceToBalancer', {
      ...tcp(port, {
        ...{ groupId: balancer, sourceSecurityGroupId: id, description: `From ${service}` },
      }),
    }),
  ];
}

/** By its name (Service Connect) a service is reached directly, and only from tasks that say whom they call. */
function addNameEdges(
  scope: Construct,
  { name, port }: Contract,
  { id, callers }: { id: string; callers: string },
) {
  return [
    new ec2.CfnSecurityGroupIngress(scope, 'FromCallers', {
      ...tcp(port, {
        groupId: id,
        sourceSecurityGroupId: callers,
        description: 'From those who call by name',
      }),
    }),
    new ec2.CfnSecurityGroupEgress(scope, 'CallersToService', {
      ...tcp(port, {
        groupId: callers,
        destinationSecurityGroupId: id,
        description: `To ${name} by its name`,
      }),
    }),
  ];
}

function tcp<Rest extends object>(port: number, rest: Rest) {
  return { ipProtocol: 'tcp', fromPort: port, toPort: port, ...rest };
}
