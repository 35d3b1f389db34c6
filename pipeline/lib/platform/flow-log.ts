import type { Environment } from '@slipway/contract';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Names } from '../names.ts';
import { createRole } from '../roles/role.ts';

/**
 * Who talked to whom in the network, where `flowLogs` names the days that this is kept.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
 */
export function addFlowLog(vpc: ec2.Vpc, names: Names, { name, network }: Environment): void {
  if (network.flowLogs === undefined) return;
  const { role: roleName, logGroup: logGroupName } = names.flowLog(name);
  const logGroup = new logs.CfnLogGroup(vpc, 'FlowLogGroup', {
    ...{ logGroupName, retentionInDays: network.flowLogs },
  });
  logGroup.applyRemovalPolicy(RemovalPolicy.DESTROY);
  const group = names.arn('logs', `log-group:${logGroupName}`);
  const role = createRole(vpc, 'FlowLogRole', {
    name: roleName,
    description: `Writes the flow log of the network of ${name}`,
    assumedBy: 'vpc-flow-logs.amazonaws.com',
    source: names.arn('ec2', 'vpc-flow-log/*'),
    permissions: [
      { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${group}:*`] },
      { actions: ['logs:DescribeLogStreams'], resources: [`${group}:*`] },
      {
        actions: ['logs:DescribeLogGroups'],
        resources: ['*'],
        because: 'this call knows no resources',
      },
    ],
  });
  const flowLog = new ec2.CfnFlowLog(vpc, 'FlowLog', {
    ...{ resourceType: 'VPC', resourceId: vpc.vpcId, trafficType: 'ALL', maxAggregationInterval: 600 },
    ...{ logDestinationType: 'cloud-watch-logs', logGroupName: logGroup.ref },
    deliverLogsPermissionArn: role.roleArn,
  });
  flowLog.node.addDependency(role);
}
