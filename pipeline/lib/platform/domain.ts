import type { Environment } from '@slipway/contract';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';

/**
 * The ARN of the domain's certificate: the one that the environment names, or one that ACM issues as soon as it finds
 * its record in the hosted zone, and renews by itself. None without a domain.
 */
export function addCertificate(scope: Construct, { domain }: Environment): string | undefined {
  if (domain === undefined || domain.certificate !== undefined) return domain?.certificate;
  return new acm.CfnCertificate(scope, 'Certificate', {
    domainName: domain.name,
    validationMethod: 'DNS',
    domainValidationOptions: [{ domainName: domain.name, hostedZoneId: domain.zone.id }],
  }).ref;
}

/**
 * Leads the domain to the door. The regions of an environment may share a name: who asks is sent to the region that
 * answers soonest, and to another one when its door leads nowhere.
 */
export function addDomainRecord(
  scope: Construct,
  { name, region, domain }: Environment,
  door: elb.NetworkLoadBalancer,
): void {
  if (domain === undefined) return;
  new route53.CfnRecordSet(scope, 'DomainRecord', {
    hostedZoneId: domain.zone.id,
    name: domain.name,
    type: 'A',
    setIdentifier: name,
    region,
    aliasTarget: {
      dnsName: door.loadBalancerDnsName,
      hostedZoneId: door.loadBalancerCanonicalHostedZoneId,
      evaluateTargetHealth: true,
    },
  });
}
