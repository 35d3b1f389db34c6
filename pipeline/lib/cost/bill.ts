import { HOURS, INSTANCES, PRICES, type PriceId, SPOT_SHARE } from './prices.ts';

/** So many units of a price in a month. `sum` shows how the quantity came about. */
export interface Use {
  readonly item: string;
  readonly price: PriceId;
  readonly quantity: number;
  readonly sum: string;
}

/** What one stack costs while nobody uses it. */
export interface StackUses {
  readonly uses: readonly Use[];
  /** Resource types that cost something, or may, and that nobody has priced here. */
  readonly unpriced: readonly string[];
}

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: any resource is looked into
  readonly Properties?: any;
}
export type Resources = Readonly<Record<string, Resource>>;

// biome-ignore lint/suspicious/noExplicitAny: any resource is looked into
type Count = (properties: any, resources: Resources) => Use[];

/** What a template costs by the hour or month: what stands there, used or not. */
export function usesOf(resources: Resources): StackUses {
  const uses: Use[] = [];
  const unpriced = new Set<string>();
  for (const { Type, Properties = {} } of Object.values(resources)) {
    const count = COUNTS[Type];
    if (count) uses.push(...count(Properties, resources));
    else if (!isFree(Type)) unpriced.add(Type);
  }
  return { uses, unpriced: [...unpriced] };
}

export function usd({ price, quantity }: Pick<Use, 'price' | 'quantity'>): number {
  return PRICES[price].usd * quantity;
}

const hourly = (item: string, price: PriceId, count: number): Use => ({
  ...{ item, price, quantity: count * HOURS },
  sum: `${count} × ${HOURS} h`,
});
const monthly = (item: string, price: PriceId, count: number): Use => ({
  ...{ item, price, quantity: count, sum: `${count}` },
});

const COUNTS: Readonly<Record<string, Count>> = {
  'AWS::ECS::Service': countTasks,
  'AWS::EC2::NatGateway': () => [hourly('NAT gateways', 'nat', 1)],
  'AWS::EC2::EIP': () => [hourly('Public addresses', 'address', 1)],
  'AWS::EC2::VPCEndpoint': ({ VpcEndpointType, SubnetIds }) =>
    VpcEndpointType === 'Interface' ? [hourly('Interface endpoints', 'endpoint', SubnetIds.length)] : [],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ Type, Scheme, Subnets }) => [
    Type === 'network'
      ? hourly('Network balancers', 'networkBalancer', 1)
      : hourly('Application balancers', 'balancer', 1),
    ...(Scheme === 'internal' ? [] : [hourly('Public addresses', 'address', Subnets.length)]),
  ],
  'AWS::AutoScaling::AutoScalingGroup': countInstances,
  'AWS::CloudWatch::Alarm': ({ Metrics }) => [
    // An alarm on an expression is charged for each metric in it.
    monthly('Alarms', 'alarm', Metrics?.filter((each: object) => 'MetricStat' in each).length ?? 1),
  ],
  'AWS::CloudWatch::Dashboard': () => [monthly('Dashboards', 'dashboard', 1)],
  'AWS::Logs::MetricFilter': () => [monthly('Metrics of logs', 'metric', 1)],
  'AWS::KMS::Key': () => [monthly('Keys', 'key', 1)],
  'AWS::SecretsManager::Secret': () => [monthly('Secrets', 'secret', 1)],
  'AWS::Route53::HostedZone': () => [monthly('Hosted zones', 'zone', 1)],
  // Makes a hosted zone of its own; a namespace for HTTP makes none.
  'AWS::ServiceDiscovery::PrivateDnsNamespace': () => [monthly('Hosted zones', 'zone', 1)],
};

/** Tasks that always run, by what they run on: instances of one's own are counted with their group. */
// biome-ignore lint/suspicious/noExplicitAny: any resource is looked into
function countTasks(service: any, resources: Resources): Use[] {
  const definition = Object.values(resources).find(({ Type }) => Type === 'AWS::ECS::TaskDefinition');
  const { Cpu, Memory, RuntimePlatform } = definition!.Properties;
  const tasks: number = service.DesiredCount ?? leastTasks(resources);
  const arm = RuntimePlatform?.CpuArchitecture === 'ARM64';
  const { onDemand, spot } = split(tasks, service.CapacityProviderStrategy ?? []);
  const [cpu, gb] = [Number(Cpu) / 1024, Number(Memory) / 1024];
  const use = (count: number, size: number, unit: string, price: PriceId, share: number): Use => ({
    item: `Fargate${share < 1 ? ' Spot' : ''} ${unit}${arm ? ', ARM' : ''}`,
    ...{ price, quantity: count * size * HOURS * share },
    sum: `${count} × ${size} × ${HOURS} h${share < 1 ? ` × ${share}` : ''}`,
  });
  const both = (count: number, share: number) => [
    use(count, cpu, 'vCPU', arm ? 'fargateArmCpu' : 'fargateX86Cpu', share),
    use(count, gb, 'GB', arm ? 'fargateArmMemory' : 'fargateX86Memory', share),
  ];
  return [...(onDemand > 0 ? both(onDemand, 1) : []), ...(spot > 0 ? both(spot, SPOT_SHARE) : [])];
}

function leastTasks(resources: Resources): number {
  const target = Object.values(resources).find(
    ({ Type }) => Type === 'AWS::ApplicationAutoScaling::ScalableTarget',
  );
  return target?.Properties.MinCapacity ?? 1;
}

interface Strategy {
  readonly CapacityProvider: unknown;
  readonly Base?: number;
  readonly Weight?: number;
}

/** How ECS places tasks: the base first, the others by weight. */
function split(tasks: number, strategy: readonly Strategy[]): { onDemand: number; spot: number } {
  const of = (name: string) => strategy.find(each => each.CapacityProvider === name);
  const [onDemand, spot] = [of('FARGATE'), of('FARGATE_SPOT')];
  if (!onDemand && !spot) return { onDemand: strategy.length === 0 ? tasks : 0, spot: 0 };
  const base = Math.min(tasks, onDemand?.Base ?? 0);
  const weights = (onDemand?.Weight ?? 0) + (spot?.Weight ?? 0);
  const onSpot = weights === 0 ? 0 : Math.round(((tasks - base) * (spot?.Weight ?? 0)) / weights);
  return { onDemand: tasks - onSpot, spot: onSpot };
}

// biome-ignore lint/suspicious/noExplicitAny: any resource is looked into
function countInstances(group: any, resources: Resources): Use[] {
  const template = Object.values(resources).find(({ Type }) => Type === 'AWS::EC2::LaunchTemplate');
  const data = template?.Properties.LaunchTemplateData ?? {};
  const price = INSTANCES[data.InstanceType];
  const count = Number(group.DesiredCapacity ?? group.MinSize);
  if (!price) throw new Error(`No price is known here of the instance type ${data.InstanceType}: add it`);
  const gib: number = data.BlockDeviceMappings?.[0]?.Ebs?.VolumeSize ?? 30;
  return [
    hourly(`Instances ${data.InstanceType}`, price, count),
    { item: 'Disks', price: 'disk', quantity: count * gib, sum: `${count} × ${gib} GB` },
  ];
}

/** These cost nothing while they stand, or are paid by use, which usage.ts tells. */
const FREE_SERVICES = [
  ...['IAM', 'ECS', 'AutoScaling', 'ApplicationAutoScaling', 'CodeDeploy', 'CodePipeline', 'CodeBuild', 'S3'],
  ...['CodeCommit', 'CodeConnections', 'CodeStarConnections', 'CodeStarNotifications', 'DynamoDB', 'ECR'],
  ...['Lambda', 'Events', 'Scheduler', 'Logs', 'SNS', 'SQS', 'SSM', 'Route53', 'ServiceDiscovery'],
  ...['ElasticLoadBalancingV2', 'CertificateManager'],
];
const FREE_TYPES = [
  ...['VPC', 'Subnet', 'RouteTable', 'Route', 'SubnetRouteTableAssociation', 'InternetGateway'],
  ...['VPCGatewayAttachment', 'SecurityGroup', 'SecurityGroupIngress', 'SecurityGroupEgress'],
  ...['LaunchTemplate', 'FlowLog', 'NetworkAcl', 'NetworkAclEntry'],
].map(type => `AWS::EC2::${type}`);

function isFree(type: string): boolean {
  return FREE_TYPES.includes(type) || FREE_SERVICES.includes(type.split('::')[1] ?? '');
}
