import type { Environment } from '@slipway/contract';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as servicediscovery from 'aws-cdk-lib/aws-servicediscovery';
import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { addBalancer } from './balancer.ts';
import { addCluster } from './capacity.ts';
import { createCheckFunction } from './check-function.ts';
import { addClusterAlarms } from './cluster-alarms.ts';
import { addCertificate, addDomainRecord } from './domain.ts';
import { addDoor } from './door.ts';
import { importVpc } from './imports.ts';
import { addInternalNames } from './internal-names.ts';
import { PRODUCTION_PORT, productionPort, TEST_PORT } from './ports.ts';
import { addPublicTaskSecurityGroup } from './public-task.ts';

/**
 * The cluster with what its tasks run on, its two balancers, the names that lead to them and the check of new versions.
 * The internal balancer carries a listener for users and one for tests, and each service's rules on both. The public
 * one, the door, leads to the first only: so the test listener is never public, and services reach each other without a
 * way through the internet.
 */
export class ClusterStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { names: Names; environment: Environment; architecture: string },
  ) {
    super(scope, id, props);
    const { names, environment, architecture } = props;
    const vpc = importVpc(this, names, environment);
    const tags = { repository: names.repository, environment: environment.name };
    const cluster = addCluster(this, { names, environment, architecture, vpc, tags });

    const groups = this.addSecurityGroups(vpc, environment);
    const certificate = addCertificate(this, environment);
    const balancer = addBalancer(this, {
      ...{ names, environment, vpc, securityGroup: groups.balancer, certificate },
    });
    // Names for Service Connect; without records in any DNS zone.
    const namespace = new servicediscovery.CfnHttpNamespace(this, 'Namespace', {
      name: names.cluster(environment.name),
      description: `Names of the services in ${environment.name}`,
    });
    // Tasks that call others by those names; what it leads to, each service adds.
    const callers = new ec2.SecurityGroup(this, 'CallersSecurityGroup', {
      ...{ vpc, description: 'Tasks that call other services by name', allowAllOutbound: false },
    });
    createCheckFunction(this, {
      ...{ names, environment, architecture, vpc, balancer: balancer.balancer },
      ...{ testListener: balancer.test, testPort: TEST_PORT },
    });
    const door = addDoor(this, { names, environment, vpc, securityGroup: groups.door, balancer });
    addDomainRecord(this, environment, door.door);
    addInternalNames(this, names, environment, { vpc, balancer: balancer.balancer });
    addClusterAlarms(this, names, environment, { balancer, door });
    const publicTask = addPublicTaskSecurityGroup(this, names, environment, vpc);

    const exports = names.exports(environment.name);
    const output = (id: string, value: string, exportName: string) =>
      new CfnOutput(this, id, { value, exportName });
    output('ClusterName', cluster.ref, exports.cluster);
    output('BalancerArn', balancer.balancer.loadBalancerArn, exports.balancer);
    output('BalancerSecurityGroupId', groups.balancer.securityGroupId, exports.balancerSecurityGroup);
    output('ProductionListenerArn', balancer.production.listenerArn, exports.productionListener);
    output('TestListenerArn', balancer.test.listenerArn, exports.testListener);
    if (balancer.secure) output('SecureListenerArn', balancer.secure.listenerArn, exports.secureListener);
    output('NamespaceArn', namespace.attrArn, exports.namespace);
    output('CallersSecurityGroupId', callers.securityGroupId, exports.callersSecurityGroup);
    output('DoorArn', door.door.loadBalancerArn, exports.door);
    if (publicTask)
      output('PublicTaskSecurityGroupId', publicTask.securityGroupId, exports.publicTaskSecurityGroup);
    const { domain } = environment;
    new CfnOutput(this, 'DoorAddress', {
      value: domain ? `https://${domain.name}` : `http://${door.door.loadBalancerDnsName}`,
    });
  }

  /** Anyone → door → balancer; what the balancer may reach, and who else reaches it, each service adds. */
  private addSecurityGroups(vpc: ec2.IVpc, environment: Environment) {
    const door = new ec2.SecurityGroup(this, 'DoorSecurityGroup', {
      ...{ vpc, description: 'The public door', allowAllOutbound: false },
    });
    const balancer = new ec2.SecurityGroup(this, 'BalancerSecurityGroup', {
      ...{ vpc, description: 'The internal balancer', allowAllOutbound: false },
    });
    // Tells the roles of services whose edges they may add to: each service's stack has those to and from itself.
    Tags.of(balancer).add('slipway:edges', environment.environment);
    for (const port of new Set([PRODUCTION_PORT, productionPort(environment)])) {
      door.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(port), 'Anyone');
      door.connections.allowTo(balancer, ec2.Port.tcp(port), 'Door to balancer');
    }
    return { door, balancer };
  }
}
