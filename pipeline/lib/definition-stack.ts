import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from './names.ts';

/**
 * The hash of the definition that is rolled out. It is deployed after everything else, so a definition that was
 * rolled out by half still counts as changed at the next push.
 */
export class DefinitionStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { names: Names; definition: string }) {
    super(scope, id, props);
    new ssm.CfnParameter(this, 'Definition', {
      name: props.names.definitionParameter,
      type: 'String',
      value: props.definition,
      description: 'Hash of the definition of the pipelines that is rolled out',
    });
  }
}
