import type { Environment } from '@slipway/contract';
import * as ec2 from 'aws-cdk-lib/aws-ec2';

type Service = Environment['network']['endpoints'][number];

const { InterfaceVpcEndpointAwsService: Aws } = ec2;

/** The interface endpoints behind each name of `endpoints:`, with their construct ids. */
const INTERFACES: Readonly<Record<Service, Readonly<Record<string, ec2.InterfaceVpcEndpointAwsService>>>> = {
  ecr: { Ecr: Aws.ECR, EcrDocker: Aws.ECR_DOCKER },
  logs: { Logs: Aws.CLOUDWATCH_LOGS },
  ecs: { Ecs: Aws.ECS },
  codedeploy: { CodeDeploy: Aws.CODEDEPLOY },
  secretsmanager: { SecretsManager: Aws.SECRETS_MANAGER },
  ssm: { Ssm: Aws.SSM },
  ssmmessages: { SsmMessages: Aws.SSM_MESSAGES },
  sts: { Sts: Aws.STS },
  monitoring: { Monitoring: Aws.CLOUDWATCH_MONITORING },
  sns: { Sns: Aws.SNS },
  sqs: { Sqs: Aws.SQS },
  events: { Events: Aws.EVENTBRIDGE },
  kms: { Kms: Aws.KMS },
};

/** What every task and the check of new versions cannot do without where there is no way out. */
const NEEDED: readonly Service[] = ['ecr', 'logs', 'ecs', 'codedeploy'];

/** What the ECS agent and Session Manager on instances of one's own need besides. */
const NEEDED_BY_INSTANCES = {
  ...{ EcsAgent: Aws.ECS_AGENT, EcsTelemetry: Aws.ECS_TELEMETRY },
  ...{ ...INTERFACES.ssm, ...INTERFACES.ssmmessages },
};

/**
 * The ways to AWS that do not leave the network. Those to S3 and DynamoDB cost nothing and are always there; the
 * others cost by the hour and zone: those that the environment names, and without NAT all that tasks need to start.
 */
export function addEndpoints(vpc: ec2.Vpc, { network, capacity }: Environment): void {
  vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
  vpc.addGatewayEndpoint('DynamoDb', { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB });

  const isClosed = network.nat === 0;
  const services = new Set([...(isClosed ? NEEDED : []), ...network.endpoints]);
  const wanted = Object.assign(
    {},
    ...[...services].map(service => INTERFACES[service]),
    isClosed && capacity.type === 'ec2' ? NEEDED_BY_INSTANCES : {},
  ) as Record<string, ec2.InterfaceVpcEndpointAwsService>;
  if (Object.keys(wanted).length === 0) return;

  const securityGroup = new ec2.SecurityGroup(vpc, 'EndpointsSecurityGroup', {
    ...{ vpc, description: 'The ways to AWS inside the network', allowAllOutbound: false },
  });
  securityGroup.addIngressRule(ec2.Peer.ipv4(network.cidr), ec2.Port.tcp(443), 'From the network');
  for (const [id, service] of Object.entries(wanted))
    vpc.addInterfaceEndpoint(id, { service, securityGroups: [securityGroup], open: false });
}
