import type { Environment } from '@slipway/contract';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { PRODUCTION_PORT, SECURE_PORT, TEST_PORT } from './ports.ts';

export interface Balancer {
  readonly balancer: elb.ApplicationLoadBalancer;
  /** Over HTTP. It carries the services' rules, or with a domain leads on to the one over TLS. */
  readonly production: elb.ApplicationListener;
  /** Over TLS; there with a domain, and then it carries the services' rules. */
  readonly secure: elb.ApplicationListener | undefined;
  readonly test: elb.ApplicationListener;
}

export interface BalancerProps {
  readonly names: Names;
  readonly environment: Environment;
  readonly vpc: ec2.IVpc;
  readonly securityGroup: ec2.ISecurityGroup;
  /** The ARN of the domain's certificate, where there is a domain. */
  readonly certificate: string | undefined;
}

/** The internal balancer: a listener for users, one for tests, and each service's rules on both. */
export function addBalancer(scope: Construct, props: BalancerProps): Balancer {
  const { names, environment, vpc, securityGroup, certificate } = props;
  const balancer = new elb.ApplicationLoadBalancer(scope, 'Balancer', {
    loadBalancerName: names.cluster(environment.name),
    vpc,
    vpcSubnets: { subnets: vpc.privateSubnets },
    internetFacing: false,
    securityGroup,
    dropInvalidHeaderFields: true,
    idleTimeout: Duration.seconds(60),
    ...(environment.protect && { deletionProtection: true }),
  });
  if (environment.protect) keepAccessLog(scope, balancer, names, environment);

  const listener = (id: string, port: number, more: Partial<elb.BaseApplicationListenerProps> = {}) =>
    balancer.addListener(id, {
      ...{ port, protocol: elb.ApplicationProtocol.HTTP, open: false, defaultAction: NO_SERVICE },
      ...more,
    });
  const { domain } = environment;
  const production = listener(
    ...(['ProductionListener', PRODUCTION_PORT] as const),
    domain ? { defaultAction: toDomain(domain.name) } : {},
  );
  const secure = certificate
    ? listener('SecureListener', SECURE_PORT, {
        protocol: elb.ApplicationProtocol.HTTPS,
        certificates: [elb.ListenerCertificate.fromArn(certificate)],
        sslPolicy: elb.SslPolicy.TLS13_RES, // TLS 1.3 and 1.2, with ciphers that keep forward secrecy
      })
    : undefined;
  return { balancer, production, secure, test: listener('TestListener', TEST_PORT) };
}

const NO_SERVICE = elb.ListenerAction.fixedResponse(404, {
  ...{ contentType: 'text/plain', messageBody: 'No service has this path' },
});

/** Always to the domain, whatever name somebody came by: the certificate proves no other. */
function toDomain(host: string): elb.ListenerAction {
  return elb.ListenerAction.redirect({ host, port: '443', protocol: 'HTTPS', permanent: true });
}

/**
 * Who asked for what, for as long as the environment keeps its logs. Balancers write with Amazon's own keys only.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
function keepAccessLog(
  scope: Construct,
  balancer: elb.ApplicationLoadBalancer,
  names: Names,
  { name, logRetentionDays }: Environment,
): void {
  const bucket = new s3.Bucket(scope, 'AccessLog', {
    bucketName: names.accessLogBucket(name),
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(logRetentionDays) }],
    // Kept when the stack goes; not when its creation fails, or the next one would find the name taken.
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  balancer.logAccessLogs(bucket);
}
