import type { Example } from './example.ts';

/**
 * What is lost or collides when CloudFormation replaces it: by type, the properties that replace it
 * (`createOnlyProperties` in the CloudFormation registry) as far as templates here set them.
 */
const REPLACING: Readonly<Record<string, readonly string[]>> = {
  'AWS::AutoScaling::AutoScalingGroup': ['AutoScalingGroupName'],
  'AWS::CertificateManager::Certificate': ['DomainName', 'ValidationMethod'],
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::CodeBuild::Project': ['Name'],
  'AWS::CodeCommit::Repository': ['RepositoryName'],
  'AWS::CodeDeploy::Application': ['ApplicationName', 'ComputePlatform'],
  'AWS::CodeDeploy::DeploymentConfig': ['DeploymentConfigName', 'ComputePlatform', 'TrafficRoutingConfig'],
  'AWS::CodeDeploy::DeploymentGroup': ['ApplicationName', 'DeploymentGroupName'],
  'AWS::CodePipeline::Pipeline': ['Name'],
  'AWS::DynamoDB::Table': ['TableName', 'KeySchema'],
  'AWS::EC2::EIP': [],
  'AWS::EC2::NatGateway': ['SubnetId', 'AllocationId', 'ConnectivityType'],
  'AWS::EC2::SecurityGroup': ['GroupDescription', 'GroupName', 'VpcId'],
  'AWS::EC2::Subnet': ['AvailabilityZone', 'CidrBlock', 'VpcId'],
  'AWS::EC2::VPC': ['CidrBlock', 'InstanceTenancy'],
  'AWS::EC2::VPCEndpoint': ['ServiceName', 'VpcEndpointType', 'VpcId'],
  'AWS::ECR::PullThroughCacheRule': ['EcrRepositoryPrefix', 'UpstreamRegistryUrl'],
  'AWS::ECR::Repository': ['RepositoryName', 'EncryptionConfiguration'],
  'AWS::ECS::CapacityProvider': ['Name'],
  'AWS::ECS::Cluster': ['ClusterName'],
  'AWS::ECS::Service': ['Cluster', 'SchedulingStrategy', 'ServiceName', 'LaunchType', 'DeploymentController'],
  'AWS::ElasticLoadBalancingV2::Listener': ['LoadBalancerArn'],
  'AWS::ElasticLoadBalancingV2::ListenerRule': ['ListenerArn'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name', 'Scheme', 'Type'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': [
    ...['IpAddressType', 'Name', 'Port', 'Protocol', 'ProtocolVersion', 'TargetType', 'VpcId'],
  ],
  'AWS::Events::Rule': ['Name'],
  'AWS::IAM::InstanceProfile': ['InstanceProfileName', 'Path'],
  'AWS::IAM::ManagedPolicy': ['Description', 'ManagedPolicyName', 'Path'],
  'AWS::IAM::Role': ['Path', 'RoleName'],
  'AWS::KMS::Alias': ['AliasName'],
  'AWS::KMS::Key': [],
  'AWS::Lambda::Function': ['FunctionName', 'PackageType'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::Route53::HostedZone': ['Name'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::Scheduler::Schedule': ['Name', 'GroupName'],
  'AWS::Scheduler::ScheduleGroup': ['Name'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::ServiceDiscovery::HttpNamespace': ['Name'],
  'AWS::SQS::Queue': ['QueueName', 'FifoQueue'],
  'AWS::SNS::Topic': ['TopicName', 'FifoTopic'],
  'AWS::SSM::Parameter': ['Name'],
};

/**
 * A line for each resource that must keep its logical id, and what would replace it: whoever renames one, moves it to
 * another stack or changes such a property has CloudFormation make a second one and delete the first.
 */
export function logicalIds({ templates }: Pick<Example, 'templates'>): string {
  const lines = Object.entries(templates).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
      const replacing = REPLACING[Type];
      if (replacing === undefined) return [];
      const values = replacing
        .filter(name => Properties?.[name] !== undefined)
        .map(name => ` ${name}=${JSON.stringify(Properties[name])}`);
      return [`${stack}/${id} ${Type}${values.join('')}`];
    }),
  );
  return `${lines.sort().join('\n')}\n`;
}

/** What a changed record means, a sentence for each resource: what would happen, and what to do. */
export function explainLogicalIds(recorded: string, now: string): string[] {
  const [before, after] = [recorded, now].map(text => new Map(text.trim().split('\n').map(splitLine)));
  const gone = [...before!].filter(([key]) => !after!.has(key));
  const changed = [...before!].filter(([key, is]) => after!.has(key) && after!.get(key) !== is);
  const added = [...after!.keys()].filter(key => !before!.has(key));
  return [
    ...gone.map(
      ([key]) =>
        `${key} is gone: CloudFormation would delete it, or replace it by one of another logical id. Keep its logical id and its stack, or see to what it holds first.`,
    ),
    ...changed.map(
      ([key, is]) =>
        `${key} would be replaced: it has ${after!.get(key)} instead of ${is}. Keep that property, or give the new one another name and logical id and move to it.`,
    ),
    ...added.map(key => `${key} is new and not recorded yet: from now on it has to keep its logical id.`),
  ];
}

function splitLine(line: string): [string, string] {
  const [key = '', type = '', ...rest] = line.split(' ');
  return [`${key} ${type}`, rest.join(' ')];
}
