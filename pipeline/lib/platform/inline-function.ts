import { readFileSync } from 'node:fs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

export interface InlineFunctionProps {
  readonly names: Names;
  readonly name: string;
  readonly description: string;
  /** File name in `functions/`. */
  readonly code: string;
  readonly role: IRole;
  readonly timeoutSeconds: number;
  readonly architecture: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly vpcConfig?: lambda.CfnFunction.VpcConfigProperty;
}

/**
 * A function of the platform. Its code stands in the template: a stack that a pipeline deploys carries no assets.
 * It works with the AWS SDK that Lambda brings.
 */
export function createInlineFunction(scope: Construct, id: string, props: InlineFunctionProps): void {
  const { names, name, architecture, variables } = props;
  const logGroup = new logs.CfnLogGroup(scope, `${id}Logs`, {
    logGroupName: names.functionLogGroup(name),
    retentionInDays: logs.RetentionDays.ONE_MONTH,
  });
  logGroup.applyRemovalPolicy(RemovalPolicy.DESTROY);
  const code = readFileSync(new URL(`../../functions/${props.code}`, import.meta.url), 'utf8');
  const created = new lambda.CfnFunction(scope, id, {
    functionName: name,
    description: props.description,
    runtime: 'nodejs24.x',
    architectures: [architecture === 'ARM64' ? 'arm64' : 'x86_64'],
    handler: 'index.handler',
    code: { zipFile: code },
    role: props.role.roleArn,
    timeout: props.timeoutSeconds,
    memorySize: 256,
    loggingConfig: { logGroup: logGroup.ref },
    ...(variables && { environment: { variables: { ...variables } } }),
    ...(props.vpcConfig && { vpcConfig: props.vpcConfig }),
  });
  created.node.addDependency(props.role);
}
