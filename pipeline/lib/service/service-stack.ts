import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { type CfnResource, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { importProductionListener } from '../platform/imports.ts';
import { addRule, addTargetGroup, forwardTo, forwardToBoth } from './balancing.ts';
import { addCodeDeployService, addDeploymentGroup } from './codedeploy-controller.ts';
import { addEcsService } from './ecs-controller.ts';
import { addSecurityGroup } from './security-group.ts';
import type { ServicePlace } from './service-place.ts';
import { addShape } from './shape.ts';
import { seedTaskDefinition } from './task-definition.ts';

/**
 * One service in one environment: target groups, rules, ECS service, and with CodeDeploy its group and the seed. (The
 * seed of a service that ECS controls is registered by its pipeline, since a template's would become the newest revision.)
 *
 * Plain CloudFormation resources, on purpose: an ECS service with the CODE_DEPLOY controller accepts next to no
 * update, and a changed listener rule would turn live traffic back. So nothing here may change because a higher
 * construct renders it differently in its next version.
 */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & ServicePlace) {
    super(scope, id, props);
    const exports = props.names.exports(props.environment.name);

    const logGroup = addLogGroup(this, props);
    const securityGroup = addSecurityGroup(this, props, Fn.importValue(exports.balancerSecurityGroup));
    const blue = addTargetGroup(this, 'Blue', props);
    const green = addTargetGroup(this, 'Green', props);
    const { deployment } = props.service;
    const isNative = deployment.controller === 'ecs' && deployment.strategy !== 'rolling';
    const forward = forwardTo(blue);
    const productionRule = addRule(
      this,
      'ProductionRule',
      importProductionListener(props.names, props.environment),
      forward,
      props,
    );
    const testRule = addRule(
      ...([this, 'TestRule', Fn.importValue(exports.testListener)] as const),
      ...([isNative ? forwardToBoth(blue, green) : forward, props] as const),
    );
    const rules = [productionRule, testRule];
    // The controller leaves both groups in a rule, and a group in use cannot be deleted: the rules go first.
    for (const rule of rules) rule.addResourceDependency(green);
    addShape(this, props);
    const parts = { securityGroup: securityGroup.id, blue };
    const first = [logGroup, ...rules, ...securityGroup.edges];
    if (deployment.controller === 'ecs') {
      const service = addEcsService(this, props, {
        ...{ ...parts, deployment, green, productionRule, testRule, alarms: [] },
      });
      for (const each of first) service.addResourceDependency(each);
      return;
    }
    const seed = addSeed(this, props);
    const service = addCodeDeployService(this, props, parts);
    for (const each of [seed, ...first]) service.addResourceDependency(each);
    addDeploymentGroup(this, props, { service, blue, green, deployment });
  }
}

function addLogGroup(scope: Construct, { names, service, environment }: ServicePlace): CfnResource {
  const group = new logs.CfnLogGroup(scope, 'Logs', {
    logGroupName: names.deployed(service.name, environment.name).logGroup,
    retentionInDays: environment.logRetentionDays,
  });
  group.applyRemovalPolicy(RemovalPolicy.DESTROY);
  return group;
}

function addSeed(scope: Construct, props: ServicePlace): ecs.CfnTaskDefinition {
  const { tags: _, containerDefinitions, ...seed } = seedTaskDefinition(props);
  const task = new ecs.CfnTaskDefinition(scope, 'Seed', {
    ...seed,
    requiresCompatibilities: [...seed.requiresCompatibilities],
    containerDefinitions: containerDefinitions.map(container => ({
      ...container,
      command: container.command && [...container.command],
      portMappings: [...container.portMappings],
      environment: [...container.environment],
    })),
  });
  // A changed seed is a new revision; the old one stays registered, since something may run on it.
  task.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return task;
}
