import type { Contract, Deployment, Environment } from '@slipway/contract';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { type CfnResource, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { PRODUCTION_PORT } from './cluster-stack.ts';
import { importPrivateSubnets } from './imports.ts';
import type { Names } from './names.ts';
import { rulePriority } from './priority.ts';
import { CAPACITY, PLATFORM_VERSION } from './release-files.ts';
import { seedTaskDefinition } from './task-definition.ts';

export interface ServiceStackProps extends StackProps {
  readonly names: Names;
  readonly environment: Environment;
  readonly service: Contract;
  readonly architecture: string;
}

/**
 * One service in one environment: target groups, rules, seed, ECS service, CodeDeploy group.
 *
 * Plain CloudFormation resources, on purpose: an ECS service with the CODE_DEPLOY controller accepts next to no
 * update, and a changed listener rule would turn live traffic back. So nothing here may change because a higher
 * construct renders it differently in its next version.
 */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const exports = props.names.exports(props.environment.name);

    const logGroup = this.addLogGroup(props);
    const securityGroup = this.addSecurityGroup(props, Fn.importValue(exports.balancerSecurityGroup));
    const blue = this.addTargetGroup('Blue', props);
    const green = this.addTargetGroup('Green', props);
    const rules = [
      this.addRule('ProductionRule', Fn.importValue(exports.productionListener), blue, props),
      this.addRule('TestRule', Fn.importValue(exports.testListener), blue, props),
    ];
    // CodeDeploy leaves both groups in a rule, and a group in use cannot be deleted: the rules go first.
    for (const rule of rules) rule.addResourceDependency(green);
    const task = this.addSeed(props);
    const service = this.addService(props, { securityGroup: securityGroup.id, blue });
    for (const first of [task, logGroup, ...rules, ...securityGroup.edges])
      service.addResourceDependency(first);
    this.addDeploymentGroup(props, { service, blue, green });
  }

  private addLogGroup({ names, service, environment }: ServiceStackProps): CfnResource {
    const group = new logs.CfnLogGroup(this, 'Logs', {
      logGroupName: names.deployed(service.name, environment.name).logGroup,
      retentionInDays: environment.logRetentionDays,
    });
    group.applyRemovalPolicy(RemovalPolicy.DESTROY);
    return group;
  }

  /** The edges of the network: balancer → service, service → balancer (and so to other services), AWS over TLS. */
  private addSecurityGroup({ names, service, environment }: ServiceStackProps, balancer: string) {
    const group = new ec2.CfnSecurityGroup(this, 'SecurityGroup', {
      groupName: names.deployed(service.name, environment.name).family,
      groupDescription: `Tasks of ${service.name} in ${environment.name}`,
      vpcId: Fn.importValue(names.exports(environment.name).vpc),
      securityGroupEgress: [tcp(443, { cidrIp: '0.0.0.0/0', description: 'AWS and the world over TLS' })],
    });
    const id = group.attrGroupId;
    const edges = [
      new ec2.CfnSecurityGroupIngress(this, 'FromBalancer', {
        ...tcp(service.port, {
          groupId: id,
          sourceSecurityGroupId: balancer,
          description: 'From the balancer',
        }),
      }),
      new ec2.CfnSecurityGroupEgress(this, 'BalancerToService', {
        ...tcp(service.port, {
          groupId: balancer,
          destinationSecurityGroupId: id,
          description: `To ${service.name}`,
        }),
      }),
      new ec2.CfnSecurityGroupEgress(this, 'ToBalancer', {
        ...tcp(PRODUCTION_PORT, {
          ...{ groupId: id, destinationSecurityGroupId: balancer, description: 'To other services' },
        }),
      }),
      new ec2.CfnSecurityGroupIngress(this, 'ServiceToBalancer', {
        ...tcp(PRODUCTION_PORT, {
          ...{ groupId: balancer, sourceSecurityGroupId: id, description: `From ${service.name}` },
        }),
      }),
    ];
    return { id, edges };
  }

  private addTargetGroup(id: 'Blue' | 'Green', { names, service, environment }: ServiceStackProps) {
    const { blue, green } = names.deployed(service.name, environment.name);
    return new elb.CfnTargetGroup(this, id, {
      name: id === 'Blue' ? blue : green,
      targetType: 'ip',
      protocol: 'HTTP',
      port: service.port,
      vpcId: Fn.importValue(names.exports(environment.name).vpc),
      healthCheckProtocol: 'HTTP',
      healthCheckPath: service.health.path,
      healthCheckIntervalSeconds: 10,
      healthCheckTimeoutSeconds: 5,
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 2,
      matcher: { httpCode: '200' },
      targetGroupAttributes: [{ key: 'deregistration_delay.timeout_seconds', value: '60' }],
    });
  }

  /** Both rules begin at blue; from then on their actions belong to CodeDeploy. */
  private addRule(
    id: string,
    listenerArn: string,
    target: elb.CfnTargetGroup,
    { service }: ServiceStackProps,
  ) {
    return new elb.CfnListenerRule(this, id, {
      listenerArn,
      priority: rulePriority(service.name),
      conditions: [
        { field: 'path-pattern', pathPatternConfig: { values: [service.path, `${service.path}/*`] } },
      ],
      actions: [{ type: 'forward', targetGroupArn: target.ref }],
    });
  }

  private addSeed(props: ServiceStackProps): ecs.CfnTaskDefinition {
    const { tags: _, containerDefinitions, ...seed } = seedTaskDefinition(props);
    const task = new ecs.CfnTaskDefinition(this, 'Seed', {
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

  private addService(
    { names, service, environment }: ServiceStackProps,
    { securityGroup, blue }: { securityGroup: string; blue: elb.CfnTargetGroup },
  ): ecs.CfnService {
    return new ecs.CfnService(this, 'Service', {
      cluster: Fn.importValue(names.exports(environment.name).cluster),
      serviceName: service.name,
      deploymentController: { type: 'CODE_DEPLOY' },
      taskDefinition: names.deployed(service.name, environment.name).family,
      desiredCount: service.tasks[environment.name]!,
      capacityProviderStrategy: CAPACITY,
      platformVersion: PLATFORM_VERSION,
      deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
      healthCheckGracePeriodSeconds: service.health.grace,
      networkConfiguration: {
        awsvpcConfiguration: {
          assignPublicIp: 'DISABLED',
          subnets: importPrivateSubnets(names, environment),
          securityGroups: [securityGroup],
        },
      },
      loadBalancers: [{ containerName: service.name, containerPort: service.port, targetGroupArn: blue.ref }],
      enableEcsManagedTags: true,
      propagateTags: 'SERVICE',
    });
  }

  private addDeploymentGroup(
    { names, service, environment }: ServiceStackProps,
    of: { service: ecs.CfnService; blue: elb.CfnTargetGroup; green: elb.CfnTargetGroup },
  ): void {
    const deployed = names.deployed(service.name, environment.name);
    const exports = names.exports(environment.name);
    const application = new codedeploy.CfnApplication(this, 'Application', {
      ...{ applicationName: deployed.application, computePlatform: 'ECS' },
    });
    new codedeploy.CfnDeploymentGroup(this, 'DeploymentGroup', {
      applicationName: application.ref,
      deploymentGroupName: deployed.application,
      serviceRoleArn: names.roleArn(deployed.roles.codeDeploy),
      deploymentConfigName: environment.gradual
        ? this.deploymentConfig(deployed.application, service.deployment)
        : ALL_AT_ONCE,
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      ecsServices: [{ clusterName: Fn.importValue(exports.cluster), serviceName: of.service.attrName }],
      loadBalancerInfo: {
        targetGroupPairInfoList: [
          {
            prodTrafficRoute: { listenerArns: [Fn.importValue(exports.productionListener)] },
            testTrafficRoute: { listenerArns: [Fn.importValue(exports.testListener)] },
            targetGroups: [{ name: of.blue.attrTargetGroupName }, { name: of.green.attrTargetGroupName }],
          },
        ],
      },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT' },
        terminateBlueInstancesOnDeploymentSuccess: {
          action: 'TERMINATE',
          terminationWaitTimeInMinutes: environment.terminationWaitMinutes,
        },
      },
      autoRollbackConfiguration: {
        enabled: true,
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
    });
  }

  /** AWS's own configuration where there is one; else one that carries its numbers in its name. */
  private deploymentConfig(application: string, deployment: Deployment): string {
    if (deployment.strategy === 'all-at-once') return ALL_AT_ONCE;
    const { percentage, intervalMinutes } = deployment;
    if (percentage === 10 && [5, 15].includes(intervalMinutes)) {
      return `CodeDeployDefault.ECSCanary10Percent${intervalMinutes}Minutes`;
    }
    // A configuration cannot be changed: other numbers are another configuration.
    const name = `${application}-canary-${percentage}-${intervalMinutes}`;
    return new codedeploy.CfnDeploymentConfig(this, `Canary${percentage}Percent${intervalMinutes}Minutes`, {
      deploymentConfigName: name,
      computePlatform: 'ECS',
      trafficRoutingConfig: {
        type: 'TimeBasedCanary',
        timeBasedCanary: { canaryPercentage: percentage, canaryInterval: intervalMinutes },
      },
    }).ref;
  }
}

const ALL_AT_ONCE = 'CodeDeployDefault.ECSAllAtOnce';

function tcp<Rest extends object>(port: number, rest: Rest) {
  return { ipProtocol: 'tcp', fromPort: port, toPort: port, ...rest };
}
