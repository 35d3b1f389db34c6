import type { Environment } from '@slipway/contract';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/** The environment's own network: public subnets for the door, private ones for balancer and tasks. */
export class NetworkStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { names: Names; environment: Environment }) {
    super(scope, id, props);
    const { names, environment } = props;
    const { cidr, zones, nat } = environment.network;

    const vpc = new ec2.Vpc(this, 'Vpc', {
      vpcName: names.cluster(environment.name),
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      availabilityZones: [...zones],
      natGateways: nat,
      restrictDefaultSecurityGroup: false, // would bring a custom resource, which needs an asset
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24 },
        {
          name: 'Private',
          subnetType: nat === 0 ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PRIVATE_WITH_EGRESS,
          cidrMask: 22,
        },
      ],
      gatewayEndpoints: {
        S3: { service: ec2.GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    if (nat === 0) addPrivateEndpoints(vpc);

    const exports = names.exports(environment.name);
    new CfnOutput(this, 'VpcId', { value: vpc.vpcId, exportName: exports.vpc });
    const privateSubnets = nat === 0 ? vpc.isolatedSubnets : vpc.privateSubnets;
    for (const index of zones.keys()) {
      const id = index + 1;
      const publicSubnet = {
        value: vpc.publicSubnets[index]!.subnetId,
        exportName: exports.publicSubnet(index),
      };
      const privateSubnet = {
        value: privateSubnets[index]!.subnetId,
        exportName: exports.privateSubnet(index),
      };
      new CfnOutput(this, `PublicSubnet${id}Id`, publicSubnet);
      new CfnOutput(this, `PrivateSubnet${id}Id`, privateSubnet);
    }
  }
}

/** Without a way out, tasks reach the registry and the logs through endpoints of their own. */
function addPrivateEndpoints(vpc: ec2.Vpc): void {
  const services = {
    Ecr: ec2.InterfaceVpcEndpointAwsService.ECR,
    EcrDocker: ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
    Logs: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    Ecs: ec2.InterfaceVpcEndpointAwsService.ECS, // this and the next for the check of new versions
    CodeDeploy: ec2.InterfaceVpcEndpointAwsService.CODEDEPLOY,
  };
  for (const [id, service] of Object.entries(services)) vpc.addInterfaceEndpoint(id, { service });
}
