import type { Environment } from '@slipway/contract';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { functionLogs } from '../roles/permissions.ts';
import { createRole } from '../roles/role.ts';
import { createInlineFunction } from './inline-function.ts';

export interface CheckFunctionProps {
  readonly names: Names;
  readonly environment: Environment;
  readonly architecture: string;
  readonly vpc: ec2.IVpc;
  readonly balancer: elb.ApplicationLoadBalancer;
  readonly testListener: elb.ApplicationListener;
  readonly testPort: number;
}

/**
 * The environment's check: CodeDeploy or ECS calls it when the test listener leads to a new version and no user does. It
 * stands in the network, since the test listener is never public.
 */
export function createCheckFunction(scope: Construct, props: CheckFunctionProps): void {
  const { names, environment, vpc, balancer, testPort } = props;
  const { name, role: roleName } = names.check(environment.name);
  const securityGroup = new ec2.SecurityGroup(scope, 'CheckSecurityGroup', {
    ...{ vpc, description: 'The check of new versions', allowAllOutbound: false },
  });
  securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'AWS');
  securityGroup.connections.allowTo(balancer, ec2.Port.tcp(testPort), 'Check to test listener');

  const role = createRole(scope, 'CheckRole', {
    name: roleName,
    description: `Checks new versions in ${environment.name} before users meet them`,
    assumedBy: 'lambda.amazonaws.com',
    permissions: [
      functionLogs(names, name),
      {
        actions: ['codedeploy:GetDeployment', 'codedeploy:GetDeploymentGroup'],
        resources: [names.arn('codedeploy', `deploymentgroup:${names.prefix}-*-${environment.name}/*`)],
        because: 'it checks every service of this environment, known or to come',
      },
      {
        actions: ['codedeploy:PutLifecycleEventHookExecutionStatus'],
        resources: [names.arn('codedeploy', `deploymentgroup:${names.prefix}-*-${environment.name}/*`)],
        because: 'it checks every service of this environment, known or to come',
      },
      {
        actions: ['ecs:DescribeServices'],
        resources: [names.arn('ecs', `service/${names.cluster(environment.name)}/*`)],
      },
      {
        actions: ['ecs:DescribeServiceRevisions'],
        resources: [names.arn('ecs', `service-revision/${names.cluster(environment.name)}/*`)],
      },
      {
        actions: ['ecs:DescribeTaskDefinition', 'elasticloadbalancing:DescribeTags'],
        resources: ['*'],
        because: 'these calls know no resources',
      },
      {
        actions: [
          ...['ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'],
          'ec2:DeleteNetworkInterface',
        ],
        resources: ['*'],
        // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
        because: 'how a function gets into a network: Lambda refuses a role that limits these',
      },
    ],
  });

  createInlineFunction(scope, 'Check', {
    ...{ names, name, role, code: 'check.cjs', timeoutSeconds: 60, architecture: props.architecture },
    description: `Checks new versions behind the test listener of ${environment.name}`,
    variables: {
      TEST_URL: `http://${balancer.loadBalancerDnsName}:${testPort}`,
      TEST_LISTENER: props.testListener.listenerArn,
    },
    vpcConfig: {
      subnetIds: vpc.privateSubnets.map(subnet => subnet.subnetId),
      securityGroupIds: [securityGroup.securityGroupId],
    },
  });
}
