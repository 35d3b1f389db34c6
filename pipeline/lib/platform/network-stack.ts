import type { Environment } from '@slipway/contract';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { createAlarm } from './alarm.ts';
import { addAlarmTopic } from './alarm-topic.ts';
import { addEndpoints } from './endpoints.ts';
import { addFlowLog } from './flow-log.ts';

/** Zones that a network has room for; those it does not use yet keep their addresses free. */
const MOST_ZONES = 4;

/**
 * The environment's own network: public subnets for the door, private ones for balancer and tasks; and, first of all
 * of its stacks, the topic that its alarms tell.
 *
 * The network's default security group stays as AWS makes it, and nothing is ever placed in it: to empty it takes a
 * custom resource, whose code is an asset, and a stack that a pipeline deploys carries none.
 */
export class NetworkStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { names: Names; environment: Environment }) {
    super(scope, id, props);
    const { names, environment } = props;
    const { nat } = environment.network;

    const vpc = this.createVpc(names, environment);
    addEndpoints(vpc, environment);
    addFlowLog(vpc, names, environment);
    const topic = addAlarmTopic(this, names, environment);
    const privateSubnets = nat === 0 ? vpc.isolatedSubnets : vpc.privateSubnets;
    this.addOutputs(names, environment, { vpc, privateSubnets });
    for (const alarm of this.addNatAlarms(names, environment, vpc)) {
      if (topic) alarm.addResourceDependency(topic);
    }
  }

  private createVpc(names: Names, environment: Environment): ec2.Vpc {
    const { cidr, zones, nat } = environment.network;
    // 1,024 addresses a zone for tasks, but where four zones of that size do not fit.
    const privateMask = cidr.endsWith('/20') ? 23 : 22;
    return new ec2.Vpc(this, 'Vpc', {
      vpcName: names.cluster(environment.name),
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      availabilityZones: [...zones],
      reservedAzs: MOST_ZONES - zones.length,
      natGateways: nat,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24 },
        {
          name: 'Private',
          subnetType: nat === 0 ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PRIVATE_WITH_EGRESS,
          cidrMask: privateMask,
        },
      ],
    });
  }

  private addOutputs(
    names: Names,
    environment: Environment,
    { vpc, privateSubnets }: { vpc: ec2.Vpc; privateSubnets: ec2.ISubnet[] },
  ): void {
    const exports = names.exports(environment.name);
    const output = (id: string, value: string, exportName: string) =>
      new CfnOutput(this, id, { value, exportName });
    output('VpcId', vpc.vpcId, exports.vpc);
    for (const index of environment.network.zones.keys()) {
      output(`PublicSubnet${index + 1}Id`, vpc.publicSubnets[index]!.subnetId, exports.publicSubnet(index));
      output(`PrivateSubnet${index + 1}Id`, privateSubnets[index]!.subnetId, exports.privateSubnet(index));
    }
  }

  /** https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html */
  private addNatAlarms(names: Names, environment: Environment, vpc: ec2.Vpc) {
    const targets = names.alarmTargets(environment);
    if (targets.length === 0) return [];
    const gateways = vpc.publicSubnets
      .map(subnet => subnet.node.tryFindChild('NATGateway'))
      .filter(child => child instanceof ec2.CfnNatGateway);
    return gateways.map((gateway, index) =>
      createAlarm(this, `NatPorts${index + 1}`, {
        name: `${names.cluster(environment.name)}-nat-${index + 1}-ports`,
        description:
          'Connections to the internet fail: the NAT gateway has no ports left for their destination',
        metric: { namespace: 'AWS/NATGateway', name: 'ErrorPortAllocation', statistic: 'Sum' },
        dimensions: { NatGatewayId: gateway.ref },
        ...{ above: 0, periods: 1, targets },
      }),
    );
  }
}
