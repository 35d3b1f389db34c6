import type { Environment } from '@slipway/contract';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/**
 * The names by which tasks reach the internal balancer: one that is known when a release is written down, long before
 * anybody knows the name that AWS gives a balancer. With a domain, the network answers for that one as well, so that
 * calls inside meet the listener and the certificate of the users without leaving the network.
 */
export function addInternalNames(
  scope: Construct,
  names: Names,
  environment: Environment,
  { vpc, balancer }: { vpc: ec2.IVpc; balancer: elb.ApplicationLoadBalancer },
): void {
  const leadTo = (id: string, name: string, comment: string) => {
    const zone = new route53.CfnHostedZone(scope, `${id}Zone`, {
      name,
      hostedZoneConfig: { comment },
      vpcs: [{ vpcId: vpc.vpcId, vpcRegion: environment.region }],
    });
    new route53.CfnRecordSet(scope, `${id}Record`, {
      ...{ hostedZoneId: zone.ref, name, type: 'A' },
      aliasTarget: {
        dnsName: balancer.loadBalancerDnsName,
        hostedZoneId: balancer.loadBalancerCanonicalHostedZoneId,
      },
    });
  };
  leadTo('Internal', names.internalZone(environment.name), `Calls between services of ${environment.name}`);
  if (environment.domain)
    leadTo('InternalDomain', environment.domain.name, `The domain of ${environment.name} inside its network`);
}
