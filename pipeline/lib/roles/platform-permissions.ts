import type { Names } from '../names.ts';
import { boundaryArn, mayMakeRoles } from './boundary.ts';
import { type Grant, grant } from './grant.ts';
import { passRole } from './permissions.ts';
import type { Permission } from './role.ts';

/** What Plan and Release ask to compare a commit with what is live, and what they start. */
export function comparePermissions(names: Names): Permission[] {
  const allServices = 'the platform compares and starts the services of all teams, known or to come';
  return [
    {
      actions: ['ssm:GetParameter', 'ssm:GetParameters'],
      resources: [
        names.arn('ssm', `parameter${names.definitionParameter}`),
        names.arn('ssm', `parameter${names.definitionParameter}/*`),
      ],
      because: allServices,
    },
    {
      actions: ['ecr:DescribeImages'],
      resources: [names.arn('ecr', `repository/${names.prefix}/*`)],
      because: allServices,
    },
    {
      actions: ['ecs:DescribeServices'],
      resources: [names.arn('ecs', `service/${names.prefix}-*`)],
      because: allServices,
    },
    {
      actions: ['ecs:DescribeTaskDefinition'],
      resources: ['*'],
      because: 'this call knows no resources',
    },
    {
      actions: [
        ...['codepipeline:StartPipelineExecution', 'codepipeline:GetPipeline'],
        ...['codepipeline:GetPipelineState', 'codepipeline:ListPipelineExecutions'],
        'codepipeline:GetPipelineExecution',
      ],
      resources: [names.arn('codepipeline', `${names.prefix}-*`)],
      because: allServices,
    },
    {
      actions: ['codepipeline:ListPipelines', 'cloudformation:ListStacks'],
      resources: ['*'],
      because: 'these calls know no resources',
    },
  ];
}

/**
 * What the stacks contain that the platform pipeline deploys: tooling, networks, clusters, images, pipelines and their
 * roles, each below the platform's own prefix. A new type of resource needs a line here.
 */
export function platformGrants(names: Names): Grant[] {
  const { prefix, arn } = names;
  const ours = {
    because: `below the platform's own prefix, ${prefix}: it makes these for services to come, too`,
  };
  return [
    ...networkGrants(names),
    grant('AWS::ElasticLoadBalancingV2::LoadBalancer', balancers(names, 'loadbalancer'), ours),
    grant(
      'AWS::ElasticLoadBalancingV2::Listener',
      [...balancers(names, 'loadbalancer'), ...balancers(names, 'listener')],
      ours,
    ),
    grant(
      'AWS::ElasticLoadBalancingV2::TargetGroup',
      [arn('elasticloadbalancing', `targetgroup/${prefix}-*`)],
      ours,
    ),
    grant('AWS::ECS::Cluster', [arn('ecs', `cluster/${prefix}-*`)], ours),
    grant('AWS::ServiceDiscovery::HttpNamespace', [arn('servicediscovery', '*')], {
      because: 'a namespace has an id that nobody knows before',
    }),
    grant('AWS::Logs::LogGroup', [arn('logs', `log-group:/${prefix}/*`)], ours),
    grant('AWS::Lambda::Function', [arn('lambda', `function:${prefix}-*`)], ours),
    grant('AWS::SSM::Parameter', [arn('ssm', `parameter/${prefix}/*`)], ours),
    grant('AWS::ECR::Repository', [arn('ecr', `repository/${prefix}/*`)], ours),
    grant('AWS::ECR::PullThroughCacheRule', []),
    grant('AWS::CodeBuild::Project', [arn('codebuild', `project/${prefix}-*`)], ours),
    grant('AWS::CodePipeline::Pipeline', [arn('codepipeline', `${prefix}-*`)], ours),
    grant('AWS::Events::Rule', [arn('events', `rule/${prefix}-*`)], ours),
    ...(['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'AWS::SNS::Subscription'] as const).map(type =>
      grant(type, [arn('sns', `${prefix}-*`)], ours),
    ),
    grant('AWS::S3::Bucket', [names.bucketArn(names.artifactBucket)]),
    grant('AWS::S3::BucketPolicy', [names.bucketArn(names.artifactBucket)]),
    grant('AWS::IAM::Role', [names.roleArn(`${prefix}-*`)], ours),
    grant('AWS::IAM::ManagedPolicy', [names.policyArn(`${prefix}-*-cloudformation-*`)], {
      because: 'the further policies of roles whose own has no room; the boundary limits them as well',
    }),
    { types: [], permissions: [mayMakeRoles(names), ...passPermissions(names), serviceLinkedRoles(names)] },
  ];
}

/** What the boundary and the repository need: an administrator's leave, never the pipeline's. */
export function administratorGrants(names: Names): Grant[] {
  return [
    grant('AWS::IAM::ManagedPolicy', [boundaryArn(names)]),
    ...(names.source.provider === 'codecommit'
      ? [grant('AWS::CodeCommit::Repository', [names.arn('codecommit', names.repository)])]
      : []),
  ];
}

/**
 * What is made in a network has an id and no name. So whatever takes away or loosens is limited to what bears this
 * repository's tag, which CloudFormation puts on at creation.
 */
function networkGrants(names: Names): Grant[] {
  const tagged = {
    because: 'has an id and no name; what takes away or loosens needs the tag of this repository on it',
    removeOnlyIf: { StringEquals: { 'aws:ResourceTag/slipway:repository': names.repository } },
  };
  const types = [
    ...(['AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::EC2::RouteTable', 'AWS::EC2::Route'] as const),
    ...(['AWS::EC2::SubnetRouteTableAssociation', 'AWS::EC2::InternetGateway'] as const),
    ...(['AWS::EC2::VPCGatewayAttachment', 'AWS::EC2::EIP', 'AWS::EC2::NatGateway'] as const),
    ...(['AWS::EC2::VPCEndpoint', 'AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress'] as const),
    'AWS::EC2::SecurityGroupEgress' as const,
  ];
  return types.map(type => grant(type, [names.arn('ec2', '*')], tagged));
}

function balancers({ arn, prefix }: Names, kind: 'loadbalancer' | 'listener'): string[] {
  return ['app', 'net'].map(type => arn('elasticloadbalancing', `${kind}/${type}/${prefix}-*`));
}

/** Each role only to the service that works with it. */
function passPermissions(names: Names): Permission[] {
  const { prefix, platform, pullRequests, rollout, supersede } = names;
  const { plan, check, release } = platform.roles;
  const because = 'the roles of this kind of all services and environments, known or to come';
  const pass = (service: string, ...roles: string[]) => ({
    ...passRole(roles.map(names.roleArn), [`${service}.amazonaws.com`]),
    because,
  });
  return [
    pass('codepipeline', `${prefix}-*-pipeline`),
    pass('codebuild', `${prefix}-*-build`, plan, check, release, pullRequests.roles.build),
    pass('events', platform.roles.events, pullRequests.roles.events),
    pass('lambda', `${prefix}-*-check`, supersede.role, rollout.role),
  ];
}

/**
 * The roles that AWS's own services make once in an account, when the first cluster, balancer, cache of images or group
 * of instances is made; a service's own stack makes the one for scaling.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/slr-pullthroughcache.html
 */
function serviceLinkedRoles(names: Names): Permission {
  const services = ['ecs', 'elasticloadbalancing', 'pullthroughcache.ecr', 'autoscaling', 'spot'].map(
    service => `${service}.amazonaws.com`,
  );
  return {
    actions: ['iam:CreateServiceLinkedRole'],
    resources: services.map(service => names.roleArn(`aws-service-role/${service}/*`)),
    conditions: { StringEquals: { 'iam:AWSServiceName': services } },
    because: 'AWS names these roles; path and condition say whose they are',
  };
}
