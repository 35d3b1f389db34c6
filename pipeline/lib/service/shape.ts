import * as ssm from 'aws-cdk-lib/aws-ssm';
import { CfnResource, Lazy, type Stack, Validations } from 'aws-cdk-lib/core';
import { frozenShape } from '../guards/frozen.ts';
import type { Template } from '../guards/synthesized.ts';
import type { ServicePlace } from './service-place.ts';

/**
 * The stack records its own frozen shape: it is written with what it tells of and rolled back with it, so it is always
 * exactly what is live. The next synthesis compares with it.
 */
export function addShape(stack: Stack, { names, service, environment }: ServicePlace): void {
  const parameter = new ssm.CfnParameter(stack, 'Shape', {
    name: names.shapeParameter(service.name, environment.name),
    type: 'String',
    value: Lazy.uncachedString({
      produce: ({ preparing }) =>
        preparing ? '' : JSON.stringify(frozenShape(templateOf(stack, parameter))),
    }),
    description: `What a deployment of ${service.name} in ${environment.name} cannot change`,
  });
  const reason =
    'It tells of a shape, in which references stand as text; nothing is to be put in their place';
  Validations.of(parameter).acknowledge({ id: 'CloudFormation-Validate::E1029', reason });
}

function templateOf(stack: Stack, except: CfnResource): Template {
  const resources = stack.node
    .findAll()
    .filter((each): each is CfnResource => CfnResource.isCfnResource(each) && each !== except)
    .map(each => (stack.resolve(each._toCloudFormation()) as Template).Resources);
  return { Resources: Object.assign({}, ...resources) };
}
