/** Hours in a month, as AWS's own calculator counts them. */
export const HOURS = 730;

/** A unit price. `basis` marks one that no copy of AWS's own figure for Tokyo confirms, and says what it rests on. */
export interface Price {
  readonly usd: number;
  readonly unit: string;
  /** The usage type that AWS's price list and bills name it by, where it has one. */
  readonly usageType?: string;
  readonly source: SourceId;
  readonly basis?: string;
}

export type SourceId = keyof typeof SOURCES;

/**
 * The AWS price list is https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/<service>/current/ap-northeast-1/index.json;
 * its figures are those of public copies, made on the day named. A page without a copy of its own is where to look one up.
 */
export const SOURCES = {
  list0701: { read: '2026-07-20', text: 'AWS Price List, in force since 2026-07-01' },
  list0827: { read: '2026-08-27', text: 'AWS Price List' },
  list0923: { read: '2026-09-23', text: 'AWS Price List' },
  list0925: { read: '2026-09-25', text: 'AWS Price List' },
  listUndated: { read: '2026-11-21', text: 'AWS Price List, a copy without a date' },
  codePipeline: {
    read: '2026-11-21',
    text: '[CodePipeline pricing](https://aws.amazon.com/codepipeline/pricing/), a stored copy; the same in all regions',
  },
  codeCommit: {
    read: '2026-11-21',
    text: '[CodeCommit pricing](https://aws.amazon.com/codecommit/pricing/), a stored copy; the same in all regions',
  },
  route53: { read: '2026-08', text: 'a bill of August 2026: 1.50 for three zones' },
  codeBuild: { read: '', text: '[CodeBuild pricing](https://aws.amazon.com/codebuild/pricing/)' },
  balancing: {
    read: '',
    text: '[Elastic Load Balancing pricing](https://aws.amazon.com/elasticloadbalancing/pricing/)',
  },
  dynamoDb: { read: '', text: '[DynamoDB pricing](https://aws.amazon.com/dynamodb/pricing/)' },
  ec2: { read: '', text: '[EC2 pricing](https://aws.amazon.com/ec2/pricing/on-demand/)' },
} as const;

const list = (usd: number, unit: string, source: SourceId, usageType: string): Price => ({
  ...{ usd, unit, source, usageType },
});

/** Unit prices in Tokyo (ap-northeast-1) in US dollars, before tax, without any free tier. */
export const PRICES = {
  fargateArmCpu: list(0.04045, 'vCPU-hour', 'list0827', 'APN1-Fargate-ARM-vCPU-Hours:perCPU'),
  fargateArmMemory: list(0.00442, 'GB-hour', 'list0827', 'APN1-Fargate-ARM-GB-Hours'),
  fargateX86Cpu: list(0.05056, 'vCPU-hour', 'list0925', 'APN1-Fargate-vCPU-Hours:perCPU'),
  fargateX86Memory: list(0.00553, 'GB-hour', 'list0925', 'APN1-Fargate-GB-Hours'),
  balancer: list(0.0243, 'hour', 'list0827', 'APN1-LoadBalancerUsage'),
  lcu: list(0.008, 'LCU-hour', 'list0827', 'APN1-LCUUsage'),
  networkBalancer: {
    ...list(0.0243, 'hour', 'balancing', 'APN1-LoadBalancerUsage'),
    basis: 'an undated page of others; the application balancer is billed by the same usage type',
  },
  nlcu: {
    ...list(0.006, 'NLCU-hour', 'balancing', 'APN1-LCUUsage'),
    basis: 'an undated page of others',
  },
  nat: list(0.062, 'hour', 'list0925', 'APN1-NatGateway-Hours'),
  natData: list(0.062, 'GB', 'list0925', 'APN1-NatGateway-Bytes'),
  address: list(0.005, 'hour', 'list0925', 'APN1-PublicIPv4:InUseAddress'),
  endpoint: list(0.014, 'hour and zone', 'list0925', 'APN1-VpcEndpoint-Hours'),
  endpointData: list(0.01, 'GB', 'list0925', 'APN1-VpcEndpoint-Bytes'),
  logs: list(0.76, 'GB taken in', 'list0701', 'APN1-DataProcessing-Bytes'),
  logsKept: list(0.033, 'GB-month', 'list0701', 'APN1-TimedStorage-ByteHrs'),
  alarm: list(0.1, 'metric in an alarm', 'list0701', 'APN1-CW:AlarmMonitorUsage'),
  metric: list(0.3, 'metric', 'list0923', 'APN1-CW:MetricMonitorUsage'),
  dashboard: list(3, 'dashboard', 'listUndated', 'DashboardsUsageHour-Basic'),
  pipelineMinute: list(0.002, 'action minute', 'codePipeline', 'APN1-actionExecutionMinute'),
  buildArmSmall: {
    ...list(0.00425, 'minute', 'codeBuild', 'APN1-Build-Min:ARM:g1.small'),
    basis: 'a published comparison of Tokyo prices of July 2026 (0.255 an hour)',
  },
  buildArmMedium: {
    ...list(0.00875, 'minute', 'codeBuild', 'APN1-Build-Min:ARM:g1.medium'),
    basis: '0.007 in us-east-1, raised by the quarter that the small size costs more in Tokyo',
  },
  buildX86Small: {
    ...list(0.005, 'minute', 'codeBuild', 'APN1-Build-Min:Linux:g1.small'),
    basis: 'the price in us-east-1',
  },
  buildX86Medium: {
    ...list(0.01, 'minute', 'codeBuild', 'APN1-Build-Min:Linux:g1.medium'),
    basis: 'the price in us-east-1',
  },
  gitUser: { usd: 1, unit: 'user beyond five', source: 'codeCommit' },
  images: list(0.1, 'GB-month', 'list0923', 'APN1-TimedStorage-ByteHrs (ECR)'),
  objects: list(0.025, 'GB-month', 'list0701', 'APN1-TimedStorage-ByteHrs (S3)'),
  tableWrites: list(0.715, 'million', 'list0923', 'APN1-WriteRequestUnits'),
  tableReads: list(0.1425, 'million', 'list0923', 'APN1-ReadRequestUnits'),
  tableKept: list(0.285, 'GB-month', 'listUndated', 'APN1-TimedStorage-ByteHrs (DynamoDB)'),
  tableBackup: {
    ...list(0.228, 'GB-month', 'dynamoDb', 'APN1-TimedPITRStorage-ByteHrs'),
    basis: '0.20 in us-west-2, raised as the storage of tables is in Tokyo',
  },
  key: list(1, 'key', 'list0923', 'ap-northeast-1-KMS-Keys'),
  secret: list(0.4, 'secret', 'list0923', 'APN1-AWSSecretsManager-Secrets'),
  zone: { usd: 0.5, unit: 'hosted zone', source: 'route53', usageType: 'HostedZone' },
  disk: list(0.096, 'GB-month', 'listUndated', 'APN1-EBS:VolumeUsage.gp3'),
  t4gMedium: {
    ...list(0.0432, 'hour', 'ec2', 'APN1-BoxUsage:t4g.medium'),
    basis: 'found in no copy of the price list at hand',
  },
  m7iLarge: list(0.1302, 'hour', 'list0923', 'APN1-BoxUsage:m7i.large'),
  eksCluster: list(0.1, 'hour', 'list0923', 'APN1-AmazonEKS-Hours:perCluster'),
} as const satisfies Record<string, Price>;

export type PriceId = keyof typeof PRICES;

/** Instance types that are priced here. */
export const INSTANCES: Readonly<Record<string, PriceId>> = {
  't4g.medium': 't4gMedium',
  'm7i.large': 'm7iLarge',
};

/** AWS says up to 70 % off for Fargate Spot and half to nine tenths for EC2 Spot; prices move, so this is a guess on the safe side. */
export const SPOT_SHARE = 0.4;
