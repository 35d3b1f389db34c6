import type { Environment } from '@slipway/contract';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AlbListenerTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2-targets';
import * as servicediscovery from 'aws-cdk-lib/aws-servicediscovery';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { createCheckFunction } from './check-function.ts';
import { importVpc } from './imports.ts';

export const PRODUCTION_PORT = 80;
export const TEST_PORT = 9080;

/**
 * The cluster, its two balancers and the check of new versions. The internal one carries a listener for users and one for tests, and each
 * service's rules on both. The public one, the door, leads to the first listener only, so the test listener is
 * never public and services reach each other without a way through the internet.
 */
export class ClusterStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { names: Names; environment: Environment; architecture: string },
  ) {
    super(scope, id, props);
    const { names, environment, architecture } = props;
    const exports = names.exports(environment.name);
    const vpc = importVpc(this, names, environment);

    const cluster = new ecs.CfnCluster(this, 'Cluster', {
      clusterName: names.cluster(environment.name),
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      clusterSettings: [{ name: 'containerInsights', value: 'disabled' }],
    });

    // Names for Service Connect; without records in any DNS zone.
    const namespace = new servicediscovery.CfnHttpNamespace(this, 'Namespace', {
      name: names.cluster(environment.name),
      description: `Names of the services in ${environment.name}`,
    });

    const doorSecurityGroup = new ec2.SecurityGroup(this, 'DoorSecurityGroup', {
      ...{ vpc, description: 'The public door', allowAllOutbound: false },
    });
    const balancerSecurityGroup = new ec2.SecurityGroup(this, 'BalancerSecurityGroup', {
      ...{ vpc, description: 'The internal balancer', allowAllOutbound: false },
    });
    doorSecurityGroup.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(PRODUCTION_PORT), 'Anyone');
    doorSecurityGroup.connections.allowTo(
      balancerSecurityGroup,
      ec2.Port.tcp(PRODUCTION_PORT),
      'Door to balancer',
    );

    const balancer = new elb.ApplicationLoadBalancer(this, 'Balancer', {
      loadBalancerName: names.cluster(environment.name),
      vpc,
      vpcSubnets: { subnets: vpc.privateSubnets },
      internetFacing: false,
      securityGroup: balancerSecurityGroup,
      dropInvalidHeaderFields: true,
      idleTimeout: Duration.seconds(60),
    });
    const listener = (id: string, port: number) =>
      balancer.addListener(id, {
        ...{ port, protocol: elb.ApplicationProtocol.HTTP, open: false },
        defaultAction: elb.ListenerAction.fixedResponse(404, {
          ...{ contentType: 'text/plain', messageBody: 'No service has this path' },
        }),
      });
    const production = listener('ProductionListener', PRODUCTION_PORT);
    const test = listener('TestListener', TEST_PORT);
    createCheckFunction(this, {
      ...{ names, environment, architecture, vpc, balancer, testListener: test, testPort: TEST_PORT },
    });

    const door = new elb.NetworkLoadBalancer(this, 'Door', {
      loadBalancerName: names.door(environment.name),
      vpc,
      vpcSubnets: { subnets: vpc.publicSubnets },
      internetFacing: true,
      crossZoneEnabled: true,
      securityGroups: [doorSecurityGroup],
    });
    door.addListener('DoorListener', { port: PRODUCTION_PORT }).addTargets('Balancer', {
      targetGroupName: names.door(environment.name),
      port: PRODUCTION_PORT,
      targets: [new AlbListenerTarget(production)],
      // Any answer shows that the balancer is there; its default answer is 404.
      healthCheck: { protocol: elb.Protocol.HTTP, path: '/', healthyHttpCodes: '200-499' },
    });

    const output = (id: string, value: string, exportName: string) =>
      new CfnOutput(this, id, { value, exportName });
    output('ClusterName', cluster.ref, exports.cluster);
    output('BalancerArn', balancer.loadBalancerArn, exports.balancer);
    output('BalancerSecurityGroupId', balancerSecurityGroup.securityGroupId, exports.balancerSecurityGroup);
    output('ProductionListenerArn', production.listenerArn, exports.productionListener);
    output('TestListenerArn', test.listenerArn, exports.testListener);
    output('NamespaceArn', namespace.attrArn, exports.namespace);
    output('DoorArn', door.loadBalancerArn, exports.door);
    new CfnOutput(this, 'DoorAddress', { value: `http://${door.loadBalancerDnsName}` });
  }
}
