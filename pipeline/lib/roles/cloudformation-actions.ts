/** What CloudFormation calls to make, read, change and delete resources of a type. */
export interface TypeActions {
  /** On the resource itself. */
  readonly own: readonly string[];
  /** On the resource itself, to take it away or to loosen it. */
  readonly remove?: readonly string[];
  /** Calls that know no resources at all, by the Service Authorization Reference. */
  readonly look?: readonly string[];
}

const of = (service: string, ...actions: string[]) => actions.map(action => `${service}:${action}`);

/**
 * By the type's handlers in the CloudFormation registry, as of August 2026, without what only properties need that no
 * template here sets. Types marked "unconfirmed" publish no handlers there; their calls follow from their properties.
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
 */
export const CLOUDFORMATION_ACTIONS = {
  'AWS::EC2::VPC': {
    own: of('ec2', 'CreateVpc', 'ModifyVpcAttribute', 'CreateTags'),
    remove: of('ec2', 'DeleteVpc', 'DeleteTags'),
    look: of('ec2', 'DescribeVpcs', 'DescribeVpcAttribute', 'DescribeNetworkAcls', 'DescribeSecurityGroups'),
  },
  'AWS::EC2::Subnet': {
    own: of('ec2', 'CreateSubnet', 'ModifySubnetAttribute', 'CreateTags'),
    remove: of('ec2', 'DeleteSubnet', 'DeleteTags'),
    look: of('ec2', 'DescribeSubnets', 'DescribeNetworkAcls'),
  },
  'AWS::EC2::RouteTable': {
    own: of('ec2', 'CreateRouteTable', 'CreateTags'),
    remove: of('ec2', 'DeleteRouteTable', 'DeleteTags'),
    look: of('ec2', 'DescribeRouteTables'),
  },
  'AWS::EC2::Route': {
    own: of('ec2', 'CreateRoute', 'ReplaceRoute'),
    remove: of('ec2', 'DeleteRoute'),
    look: of('ec2', 'DescribeRouteTables', 'DescribeNetworkInterfaces'),
  },
  'AWS::EC2::SubnetRouteTableAssociation': {
    own: of('ec2', 'AssociateRouteTable', 'ReplaceRouteTableAssociation'),
    remove: of('ec2', 'DisassociateRouteTable'),
    look: of('ec2', 'DescribeSubnets', 'DescribeRouteTables'),
  },
  'AWS::EC2::InternetGateway': {
    own: of('ec2', 'CreateInternetGateway', 'CreateTags'),
    remove: of('ec2', 'DeleteInternetGateway', 'DeleteTags'),
    look: of('ec2', 'DescribeInternetGateways'),
  },
  'AWS::EC2::VPCGatewayAttachment': {
    own: of('ec2', 'AttachInternetGateway'),
    remove: of('ec2', 'DetachInternetGateway'),
    look: of('ec2', 'DescribeInternetGateways', 'DescribeVpnGateways'),
  },
  'AWS::EC2::EIP': {
    own: of('ec2', 'AllocateAddress', 'AssociateAddress', 'DisassociateAddress', 'CreateTags'),
    remove: of('ec2', 'ReleaseAddress', 'DeleteTags'),
    look: of('ec2', 'DescribeAddresses', 'DescribeTags'),
  },
  'AWS::EC2::NatGateway': {
    own: of('ec2', 'CreateNatGateway', 'CreateTags'),
    remove: of('ec2', 'DeleteNatGateway', 'DeleteTags'),
    look: of('ec2', 'DescribeNatGateways'),
  },
  'AWS::EC2::VPCEndpoint': {
    own: of('ec2', 'CreateVpcEndpoint', 'ModifyVpcEndpoint', 'CreateTags'),
    remove: of('ec2', 'DeleteVpcEndpoints', 'DeleteTags'),
    look: of('ec2', 'DescribeVpcEndpoints', 'DescribeSubnets', 'DescribeSecurityGroups', 'DescribeVpcs'),
  },
  'AWS::EC2::SecurityGroup': {
    own: of(
      'ec2',
      ...[
        'CreateSecurityGroup',
        'CreateTags',
        'AuthorizeSecurityGroupIngress',
        'AuthorizeSecurityGroupEgress',
      ],
      ...['UpdateSecurityGroupRuleDescriptionsIngress', 'UpdateSecurityGroupRuleDescriptionsEgress'],
    ),
    remove: of(
      'ec2',
      ...['DeleteSecurityGroup', 'DeleteTags', 'RevokeSecurityGroupIngress', 'RevokeSecurityGroupEgress'],
    ),
    look: of('ec2', 'DescribeSecurityGroups', 'DescribeInstances'),
  },
  'AWS::EC2::SecurityGroupIngress': {
    own: of('ec2', 'AuthorizeSecurityGroupIngress', 'UpdateSecurityGroupRuleDescriptionsIngress'),
    remove: of('ec2', 'RevokeSecurityGroupIngress'),
    look: of('ec2', 'DescribeSecurityGroups', 'DescribeSecurityGroupRules'),
  },
  'AWS::EC2::SecurityGroupEgress': {
    own: of('ec2', 'AuthorizeSecurityGroupEgress', 'UpdateSecurityGroupRuleDescriptionsEgress'),
    remove: of('ec2', 'RevokeSecurityGroupEgress'),
    look: of('ec2', 'DescribeSecurityGroupRules'),
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    own: of(
      'elasticloadbalancing',
      ...['CreateLoadBalancer', 'DeleteLoadBalancer', 'ModifyLoadBalancerAttributes', 'SetSecurityGroups'],
      ...['SetSubnets', 'SetIpAddressType', 'AddTags', 'RemoveTags'],
    ),
    look: of(
      'elasticloadbalancing',
      ...['DescribeLoadBalancers', 'DescribeLoadBalancerAttributes', 'DescribeCapacityReservation'],
      'DescribeTags',
    ),
  },
  'AWS::ElasticLoadBalancingV2::Listener': {
    own: of(
      'elasticloadbalancing',
      ...['CreateListener', 'ModifyListener', 'DeleteListener', 'ModifyListenerAttributes', 'AddTags'],
      'RemoveTags',
    ),
    look: of('elasticloadbalancing', 'DescribeListeners', 'DescribeListenerAttributes', 'DescribeTags'),
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    own: of(
      'elasticloadbalancing',
      ...['CreateTargetGroup', 'ModifyTargetGroup', 'ModifyTargetGroupAttributes', 'DeleteTargetGroup'],
      ...['RegisterTargets', 'DeregisterTargets', 'AddTags', 'RemoveTags'],
    ),
    look: of(
      'elasticloadbalancing',
      ...['DescribeTargetGroups', 'DescribeTargetGroupAttributes', 'DescribeTargetHealth', 'DescribeTags'],
    ),
  },
  'AWS::ElasticLoadBalancingV2::ListenerRule': {
    own: of('elasticloadbalancing', 'ModifyRule', 'SetRulePriorities', 'DeleteRule', 'RemoveTags'),
    look: of('elasticloadbalancing', 'DescribeRules', 'DescribeTags'),
  },
  'AWS::ECS::Cluster': {
    own: of(
      'ecs',
      ...['CreateCluster', 'UpdateCluster', 'UpdateClusterSettings', 'PutClusterCapacityProviders'],
      ...['DescribeClusters', 'DeleteCluster', 'TagResource', 'UntagResource', 'ListTagsForResource'],
    ),
  },
  'AWS::ECS::Service': {
    own: of(
      'ecs',
      ...['CreateService', 'UpdateService', 'DeleteService', 'DescribeServices', 'ListServiceDeployments'],
      ...['DescribeServiceDeployments', 'StopServiceDeployment', 'TagResource', 'UntagResource'],
      'ListTagsForResource',
    ),
  },
  'AWS::ECS::TaskDefinition': {
    own: of('ecs', 'RegisterTaskDefinition', 'TagResource', 'UntagResource', 'ListTagsForResource'),
    look: of('ecs', 'DeregisterTaskDefinition', 'DescribeTaskDefinition'),
  },
  'AWS::Logs::LogGroup': {
    own: of(
      'logs',
      ...['CreateLogGroup', 'DeleteLogGroup', 'PutRetentionPolicy', 'DeleteRetentionPolicy', 'TagResource'],
      ...['UntagResource', 'ListTagsForResource', 'GetDataProtectionPolicy'],
    ),
    look: of('logs', 'DescribeLogGroups', 'DescribeIndexPolicies', 'DescribeResourcePolicies'),
  },
  'AWS::CodeDeploy::Application': {
    own: of(
      'codedeploy',
      ...['CreateApplication', 'GetApplication', 'DeleteApplication', 'TagResource', 'UntagResource'],
      'ListTagsForResource',
    ),
  },
  'AWS::CodeDeploy::DeploymentGroup': {
    own: of(
      'codedeploy',
      ...['CreateDeploymentGroup', 'UpdateDeploymentGroup', 'GetDeploymentGroup', 'DeleteDeploymentGroup'],
      ...['ListDeployments', 'GetDeployment', 'TagResource', 'UntagResource', 'ListTagsForResource'],
    ),
  },
  'AWS::CodeDeploy::DeploymentConfig': {
    own: of('codedeploy', 'CreateDeploymentConfig', 'GetDeploymentConfig', 'DeleteDeploymentConfig'),
  },
  'AWS::DynamoDB::Table': {
    own: of(
      'dynamodb',
      ...['CreateTable', 'UpdateTable', 'DeleteTable', 'DescribeTable', 'DescribeTimeToLive'],
      ...['UpdateTimeToLive', 'DescribeContinuousBackups', 'UpdateContinuousBackups'],
      ...['DescribeContributorInsights', 'DescribeKinesisStreamingDestination', 'GetResourcePolicy'],
      ...['ListTagsOfResource', 'TagResource', 'UntagResource'],
    ),
  },
  'AWS::S3::Bucket': {
    own: of(
      's3',
      ...['CreateBucket', 'DeleteBucket', 'ListBucket', 'GetBucketVersioning', 'PutBucketVersioning'],
      ...['GetEncryptionConfiguration', 'PutEncryptionConfiguration', 'GetLifecycleConfiguration'],
      ...['PutLifecycleConfiguration', 'GetBucketPublicAccessBlock', 'PutBucketPublicAccessBlock'],
      ...['GetBucketLogging', 'PutBucketLogging', 'GetBucketOwnershipControls', 'PutBucketOwnershipControls'],
      ...['GetBucketNotification', 'PutBucketNotification', 'GetBucketTagging', 'PutBucketTagging'],
      ...['TagResource', 'UntagResource', 'ListTagsForResource', 'GetBucketAcl', 'GetBucketCORS'],
      ...['GetBucketWebsite', 'GetAccelerateConfiguration', 'GetAnalyticsConfiguration', 'GetBucketAbac'],
      ...[
        'GetBucketMetadataTableConfiguration',
        'GetBucketObjectLockConfiguration',
        'GetMetricsConfiguration',
      ],
      ...['GetIntelligentTieringConfiguration', 'GetInventoryConfiguration', 'GetReplicationConfiguration'],
    ),
  },
  'AWS::S3::BucketPolicy': {
    own: of('s3', 'GetBucketPolicy', 'PutBucketPolicy', 'DeleteBucketPolicy'),
  },
  'AWS::ECR::Repository': {
    own: of(
      'ecr',
      ...['CreateRepository', 'DescribeRepositories', 'DeleteRepository', 'GetLifecyclePolicy'],
      ...['PutLifecyclePolicy', 'DeleteLifecyclePolicy', 'GetRepositoryPolicy', 'SetRepositoryPolicy'],
      ...['DeleteRepositoryPolicy', 'PutImageScanningConfiguration', 'PutImageTagMutability'],
      ...['ListTagsForResource', 'TagResource', 'UntagResource'],
    ),
  },
  'AWS::ECR::PullThroughCacheRule': {
    own: [],
    look: of(
      'ecr',
      ...['CreatePullThroughCacheRule', 'DescribePullThroughCacheRules', 'DeletePullThroughCacheRule'],
    ),
  },
  'AWS::SSM::Parameter': {
    own: of(
      'ssm',
      ...['PutParameter', 'GetParameters', 'DeleteParameter', 'AddTagsToResource', 'RemoveTagsFromResource'],
      'ListTagsForResource',
    ),
  },
  'AWS::Lambda::Function': {
    own: of(
      'lambda',
      ...['CreateFunction', 'GetFunction', 'UpdateFunctionCode', 'UpdateFunctionConfiguration'],
      ...['DeleteFunction', 'GetFunctionCodeSigningConfig', 'GetFunctionRecursionConfig'],
      ...['GetRuntimeManagementConfig', 'PutFunctionConcurrency', 'DeleteFunctionConcurrency', 'ListTags'],
      ...['TagResource', 'UntagResource'],
    ),
    look: of(
      'ec2',
      ...['DescribeSecurityGroups', 'DescribeSubnets', 'DescribeVpcs', 'DescribeNetworkInterfaces'],
    ),
  },
  'AWS::IAM::Role': {
    own: of(
      'iam',
      ...['GetRole', 'GetRolePolicy', 'ListRolePolicies', 'ListAttachedRolePolicies', 'ListRoleTags'],
      ...['UpdateRole', 'UpdateRoleDescription', 'UpdateAssumeRolePolicy', 'DeleteRole', 'TagRole'],
      'UntagRole',
    ),
  },
  'AWS::IAM::ManagedPolicy': {
    own: of(
      'iam',
      ...['CreatePolicy', 'GetPolicy', 'GetPolicyVersion', 'ListPolicyVersions', 'CreatePolicyVersion'],
      ...['DeletePolicyVersion', 'DeletePolicy', 'ListEntitiesForPolicy'],
    ),
  },
  'AWS::CodePipeline::Pipeline': {
    own: of(
      'codepipeline',
      ...['CreatePipeline', 'GetPipeline', 'GetPipelineState', 'UpdatePipeline', 'DeletePipeline'],
      ...['EnableStageTransition', 'DisableStageTransition', 'StartPipelineExecution', 'TagResource'],
      ...['UntagResource', 'ListTagsForResource'],
    ),
  },
  // unconfirmed
  'AWS::CodeBuild::Project': {
    own: of('codebuild', 'CreateProject', 'BatchGetProjects', 'UpdateProject', 'DeleteProject'),
  },
  // unconfirmed
  'AWS::CodeCommit::Repository': {
    own: of(
      'codecommit',
      ...['CreateRepository', 'GetRepository', 'DeleteRepository', 'UpdateRepositoryDescription'],
      ...['ListTagsForResource', 'TagResource', 'UntagResource'],
    ),
  },
  'AWS::Events::Rule': {
    own: of(
      'events',
      ...['PutRule', 'DescribeRule', 'DeleteRule', 'PutTargets', 'RemoveTargets', 'ListTargetsByRule'],
      ...['ListTagsForResource', 'TagResource', 'UntagResource'],
    ),
  },
  'AWS::SNS::Topic': {
    own: of(
      'sns',
      ...[
        'CreateTopic',
        'GetTopicAttributes',
        'SetTopicAttributes',
        'DeleteTopic',
        'ListSubscriptionsByTopic',
      ],
      ...['GetDataProtectionPolicy', 'Subscribe', 'ListTagsForResource', 'TagResource', 'UntagResource'],
    ),
  },
  'AWS::SNS::TopicPolicy': {
    own: of('sns', 'GetTopicAttributes', 'SetTopicAttributes'),
  },
  'AWS::SNS::Subscription': {
    own: of('sns', ...['Subscribe', 'GetSubscriptionAttributes', 'SetSubscriptionAttributes', 'Unsubscribe']),
  },
  'AWS::EC2::FlowLog': {
    own: of('ec2', 'CreateFlowLogs', 'CreateTags'),
    remove: of('ec2', 'DeleteFlowLogs', 'DeleteTags'),
    look: of('ec2', 'DescribeFlowLogs', 'DescribeTags'),
  },
  'AWS::EC2::LaunchTemplate': {
    own: of('ec2', 'CreateLaunchTemplate', 'CreateLaunchTemplateVersion', 'CreateTags'),
    remove: of('ec2', 'DeleteLaunchTemplate', 'DeleteTags'),
    look: of('ec2', 'DescribeLaunchTemplates', 'DescribeLaunchTemplateVersions'),
  },
  'AWS::AutoScaling::AutoScalingGroup': {
    own: of(
      'autoscaling',
      ...['CreateAutoScalingGroup', 'UpdateAutoScalingGroup', 'DeleteAutoScalingGroup'],
      ...['CreateOrUpdateTags', 'DeleteTags', 'SetInstanceProtection'],
    ),
    look: of(
      'autoscaling',
      ...['DescribeAutoScalingGroups', 'DescribeScalingActivities', 'DescribeTags', 'DescribeWarmPool'],
      ...['DescribeLifecycleHooks', 'DescribeNotificationConfigurations', 'DescribeTrafficSources'],
    ),
  },
  'AWS::IAM::InstanceProfile': {
    own: of(
      'iam',
      ...['CreateInstanceProfile', 'GetInstanceProfile', 'DeleteInstanceProfile'],
      ...['AddRoleToInstanceProfile', 'RemoveRoleFromInstanceProfile', 'TagInstanceProfile'],
      'UntagInstanceProfile',
    ),
  },
  'AWS::ECS::CapacityProvider': {
    own: of(
      'ecs',
      ...['CreateCapacityProvider', 'DescribeCapacityProviders', 'UpdateCapacityProvider'],
      ...['DeleteCapacityProvider', 'TagResource', 'UntagResource', 'ListTagsForResource'],
    ),
  },
  'AWS::ECS::ClusterCapacityProviderAssociations': {
    own: of('ecs', 'DescribeClusters', 'DescribeCapacityProviders', 'PutClusterCapacityProviders'),
  },
  'AWS::CloudWatch::Alarm': {
    own: of(
      'cloudwatch',
      ...['PutMetricAlarm', 'DescribeAlarms', 'DeleteAlarms', 'ListTagsForResource', 'TagResource'],
      'UntagResource',
    ),
  },
  'AWS::CloudWatch::Dashboard': {
    own: of('cloudwatch', 'PutDashboard', 'GetDashboard', 'DeleteDashboards', 'TagResource', 'UntagResource'),
  },
  'AWS::ApplicationAutoScaling::ScalableTarget': {
    own: of(
      'application-autoscaling',
      ...['RegisterScalableTarget', 'DeregisterScalableTarget', 'PutScheduledAction'],
      ...['DeleteScheduledAction', 'TagResource', 'UntagResource', 'ListTagsForResource'],
    ),
    look: of('application-autoscaling', 'DescribeScalableTargets', 'DescribeScheduledActions'),
  },
  'AWS::ApplicationAutoScaling::ScalingPolicy': {
    own: of('application-autoscaling', 'PutScalingPolicy', 'DeleteScalingPolicy'),
    look: of('application-autoscaling', 'DescribeScalingPolicies'),
  },
  'AWS::Scheduler::ScheduleGroup': {
    own: of(
      'scheduler',
      ...['CreateScheduleGroup', 'GetScheduleGroup', 'DeleteScheduleGroup', 'DeleteSchedule'],
      ...['TagResource', 'UntagResource', 'ListTagsForResource'],
    ),
  },
  'AWS::Scheduler::Schedule': {
    own: of('scheduler', 'CreateSchedule', 'GetSchedule', 'UpdateSchedule', 'DeleteSchedule'),
  },
  'AWS::SQS::Queue': {
    own: of(
      'sqs',
      ...['CreateQueue', 'DeleteQueue', 'GetQueueAttributes', 'GetQueueUrl', 'SetQueueAttributes'],
      ...['ListQueueTags', 'TagQueue', 'UntagQueue'],
    ),
  },
  'AWS::SQS::QueuePolicy': {
    own: of('sqs', 'SetQueueAttributes'),
  },
  'AWS::SecretsManager::Secret': {
    own: of(
      'secretsmanager',
      ...['CreateSecret', 'DescribeSecret', 'UpdateSecret', 'TagResource', 'UntagResource'],
    ),
    remove: of('secretsmanager', 'DeleteSecret'),
    look: of('secretsmanager', 'GetRandomPassword'),
  },
  'AWS::KMS::Key': {
    own: of(
      'kms',
      ...['DescribeKey', 'PutKeyPolicy', 'GetKeyPolicy', 'EnableKeyRotation', 'DisableKeyRotation'],
      ...['GetKeyRotationStatus', 'ScheduleKeyDeletion', 'UpdateKeyDescription', 'TagResource'],
      ...['UntagResource', 'ListResourceTags', 'CreateAlias', 'UpdateAlias', 'DeleteAlias'],
    ),
    look: of('kms', 'CreateKey', 'ListAliases'),
  },
  'AWS::CertificateManager::Certificate': {
    own: of(
      'acm',
      ...['DescribeCertificate', 'DeleteCertificate', 'UpdateCertificateOptions', 'AddTagsToCertificate'],
      ...['RemoveTagsFromCertificate', 'ListTagsForCertificate'],
    ),
    look: of('acm', 'RequestCertificate'),
  },
  'AWS::Route53::HostedZone': {
    own: of(
      'route53',
      ...['GetHostedZone', 'DeleteHostedZone', 'UpdateHostedZoneComment', 'ListQueryLoggingConfigs'],
      ...['ListTagsForResource', 'ChangeTagsForResource', 'AssociateVPCWithHostedZone'],
      'DisassociateVPCFromHostedZone',
    ),
    look: of('route53', 'CreateHostedZone', 'ListHostedZones', 'ListHostedZonesByName'),
  },
  // unconfirmed
  'AWS::ServiceDiscovery::HttpNamespace': {
    own: of(
      'servicediscovery',
      ...['GetNamespace', 'UpdateHttpNamespace', 'DeleteNamespace', 'GetOperation', 'ListTagsForResource'],
      ...['TagResource', 'UntagResource'],
    ),
    look: of('servicediscovery', 'CreateHttpNamespace'),
  },
} as const satisfies Readonly<Record<string, TypeActions>>;

export type KnownType = keyof typeof CLOUDFORMATION_ACTIONS;
