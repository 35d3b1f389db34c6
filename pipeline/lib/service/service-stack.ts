import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { type CfnResource, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { importProductionListener } from '../platform/imports.ts';
import { addAlarms } from './alarms.ts';
import { addRule, addTargetGroup, forwardTo, forwardToBoth } from './balancing.ts';
import { addCodeDeployService, addDeploymentGroup } from './codedeploy-controller.ts';
import { addDashboard } from './dashboard.ts';
import { addEcsService } from './ecs-controller.ts';
import type { ServiceParts } from './ecs-service.ts';
import { addScaling } from './scaling.ts';
import { addSchedules } from './schedules.ts';
import { addSecurityGroup } from './security-group.ts';
import type { ServicePlace } from './service-place.ts';
import { addShape } from './shape.ts';
import { seedTaskDefinition } from './task-definition.ts';

/**
 * One service in one environment: target groups, rules, ECS service, with CodeDeploy its group and the seed, and what
 * watches, scales and runs it. (The seed of a service that ECS controls is registered by its pipeline, since a template's
 * would become the newest revision.)
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
    const groups = { blue, green };
    const alarms = addAlarms(this, props, groups);
    const service = addService(this, props, {
      ...{ securityGroup: securityGroup.id, blue, green, productionRule, testRule },
      ...{ alarms: alarms.release, first: [logGroup, ...rules, ...securityGroup.edges] },
    });
    addScaling(this, props, { service, groups });
    const scheduled = addSchedules(this, props);
    if (props.environment.dashboards)
      addDashboard(this, props, { groups, alarms: [...alarms.all, ...scheduled] });
  }
}

interface Parts extends ServiceParts {
  readonly green: elb.CfnTargetGroup;
  readonly productionRule: elb.CfnListenerRule;
  readonly testRule: elb.CfnListenerRule;
  /** Those that take a release back. */
  readonly alarms: readonly cloudwatch.CfnAlarm[];
  /** What must be there before a task starts. */
  readonly first: readonly CfnResource[];
}

/** The service with the controller that its contract names. */
function addService(scope: Construct, props: ServicePlace, parts: Parts): ecs.CfnService {
  const { deployment } = props.service;
  const { alarms, first } = parts;
  if (deployment.controller === 'ecs') {
    const service = addEcsService(scope, props, {
      ...parts,
      deployment,
      alarms: alarms.map(({ ref }) => ref),
    });
    for (const each of first) service.addResourceDependency(each);
    return service;
  }
  const seed = addSeed(scope, props);
  const service = addCodeDeployService(scope, props, parts);
  for (const each of [seed, ...first]) service.addResourceDependency(each);
  addDeploymentGroup(scope, props, { ...parts, service, deployment });
  return service;
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
  const { tags: _, ...seed } = seedTaskDefinition(props);
  const [container] = seed.containerDefinitions;
  const task = new ecs.CfnTaskDefinition(scope, 'Seed', {
    ...seed,
    requiresCompatibilities: [...seed.requiresCompatibilities],
    containerDefinitions: [
      {
        ...container,
        ...{ secrets: undefined, dependsOn: undefined, healthCheck: undefined },
        command: container.command && [...container.command],
        portMappings: [...container.portMappings],
        environment: [...container.environment],
      },
    ],
  });
  // A changed seed is a new revision; the old one stays registered, since something may run on it.
  task.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return task;
}
