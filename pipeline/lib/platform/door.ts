import type { Environment } from '@slipway/contract';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AlbListenerTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2-targets';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import type { Balancer } from './balancer.ts';
import { PRODUCTION_PORT, SECURE_PORT } from './ports.ts';

export interface Door {
  readonly door: elb.NetworkLoadBalancer;
  /** One for each port that the door leads on. */
  readonly targetGroups: readonly elb.NetworkTargetGroup[];
}

export interface DoorProps {
  readonly names: Names;
  readonly environment: Environment;
  readonly vpc: ec2.IVpc;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly balancer: Balancer;
}

/**
 * The public balancer in front of the internal one. It leads on connections and never looks into them: TLS ends behind
 * it. The internal balancer sees the clients' own addresses, and lets them in since its security group names the door's.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
 */
export function addDoor(scope: Construct, props: DoorProps): Door {
  const { names, environment, vpc, securityGroup, balancer } = props;
  const door = new elb.NetworkLoadBalancer(scope, 'Door', {
    loadBalancerName: names.door(environment.name),
    vpc,
    vpcSubnets: { subnets: vpc.publicSubnets },
    internetFacing: true,
    crossZoneEnabled: true,
    securityGroups: [securityGroup],
    ...(environment.protect && { deletionProtection: true }),
  });
  const leadOn = (id: string, port: number, targetGroupName: string, listener: elb.ApplicationListener) =>
    door.addListener(id, { port }).addTargets('Balancer', {
      ...{ targetGroupName, port, targets: [new AlbListenerTarget(listener)] },
      // Any answer shows that the balancer is there; its default answer is 404, or the way to TLS.
      healthCheck: {
        protocol: port === SECURE_PORT ? elb.Protocol.HTTPS : elb.Protocol.HTTP,
        ...{ path: '/', healthyHttpCodes: '200-499' },
      },
    });
  const { production, secure } = balancer;
  const targetGroups = [
    leadOn('DoorListener', PRODUCTION_PORT, names.door(environment.name), production),
    ...(secure
      ? [leadOn('SecureDoorListener', SECURE_PORT, names.secureDoor(environment.name), secure)]
      : []),
  ];
  return { door, targetGroups };
}
