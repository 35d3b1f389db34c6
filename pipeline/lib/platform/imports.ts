import type { Environment } from '@slipway/contract';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Annotations, Fn } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/** The environment's network as another stack sees it: by named exports only. */
export function importVpc(scope: Construct, names: Names, environment: Environment): ec2.IVpc {
  const exports = names.exports(environment.name);
  const { zones, cidr } = environment.network;
  const vpc = ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: Fn.importValue(exports.vpc),
    vpcCidrBlock: cidr,
    availabilityZones: [...zones],
    publicSubnetIds: zones.map((_, index) => Fn.importValue(exports.publicSubnet(index))),
    privateSubnetIds: importPrivateSubnets(names, environment),
  });
  Annotations.of(vpc).acknowledgeWarning(
    '@aws-cdk/aws-ec2:noSubnetRouteTableId',
    'Nobody asks for route tables here',
  );
  return vpc;
}

export function importPrivateSubnets(names: Names, environment: Environment): string[] {
  const exports = names.exports(environment.name);
  return environment.network.zones.map((_, index) => Fn.importValue(exports.privateSubnet(index)));
}

/** The listener that carries the services' rules: the one over TLS where there is a domain. */
export function importProductionListener(names: Names, { name, domain }: Environment): string {
  const exports = names.exports(name);
  return Fn.importValue(domain ? exports.secureListener : exports.productionListener);
}
