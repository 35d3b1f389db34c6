import type { Resource, Use } from './bill.ts';

/** What the sums take for granted of a month's use: a small team, little traffic. */
export const MONTH = {
  /** Each releases one service to all environments. */
  pushes: 100,
  /** Of CodePipeline, each action rounded up: 2 in the platform's, 3 for source and build, 6 in staging, 10 in production. */
  actionMinutesPerPush: 21,
  planMinutesPerPush: 1,
  buildMinutesPerPush: 2,
  gitUsers: 5,
  /** Of each service in each environment. */
  logGb: 0.5,
  natGb: 5,
  /** On average, of 1 GB an hour: about a request a second of 20 kB. */
  balancerUnits: 0.1,
  imageGb: 0.5,
  /** Of each bucket. */
  objectGb: 10,
  /** Of each table in each environment. */
  tableWriteMillions: 0.5,
  tableReadMillions: 2,
  tableGb: 1,
} as const;

export interface Place {
  readonly resources: readonly Resource[];
  readonly arm: boolean;
}

/** What a place's resources cost by their use in such a month. */
export function usageOf({ resources, arm }: Place): Use[] {
  const of = (type: string, matching: (properties: Resource['Properties']) => boolean = () => true) =>
    resources.filter(({ Type, Properties = {} }) => Type === type && matching(Properties));
  const times = (item: string, price: Use['price'], count: number, each: number, unit: string): Use[] =>
    count === 0 ? [] : [{ item, price, quantity: count * each, sum: `${count} × ${each} ${unit}` }];

  const services = of('AWS::ECS::Service').length;
  const balancers = (type: string) =>
    of('AWS::ElasticLoadBalancingV2::LoadBalancer', ({ Type = 'application' }) => Type === type).length;
  const tables = of('AWS::DynamoDB::Table');
  const backedUp = tables.filter(
    ({ Properties }) => Properties.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled === true,
  );
  const deliveries = of('AWS::CodePipeline::Pipeline').length > 0 ? MONTH.pushes : 0;
  return [
    ...times('Logs taken in', 'logs', services, MONTH.logGb, 'GB'),
    ...times('Logs kept', 'logsKept', services, MONTH.logGb, 'GB'),
    ...times('NAT traffic', 'natData', of('AWS::EC2::NatGateway').length > 0 ? 1 : 0, MONTH.natGb, 'GB'),
    ...times('Balancer units', 'lcu', balancers('application'), MONTH.balancerUnits * 730, 'LCU-hours'),
    ...times('Network balancer units', 'nlcu', balancers('network'), MONTH.balancerUnits * 730, 'NLCU-hours'),
    ...times('Table writes', 'tableWrites', tables.length, MONTH.tableWriteMillions, 'million'),
    ...times('Table reads', 'tableReads', tables.length, MONTH.tableReadMillions, 'million'),
    ...times('Tables kept', 'tableKept', tables.length, MONTH.tableGb, 'GB'),
    ...times('Table backups', 'tableBackup', backedUp.length, MONTH.tableGb, 'GB'),
    ...times('Pipeline actions', 'pipelineMinute', deliveries, MONTH.actionMinutesPerPush, 'minutes'),
    ...times(
      'Plan builds',
      arm ? 'buildArmSmall' : 'buildX86Small',
      deliveries,
      MONTH.planMinutesPerPush,
      'minutes',
    ),
    ...times(
      'Service builds',
      arm ? 'buildArmMedium' : 'buildX86Medium',
      deliveries,
      MONTH.buildMinutesPerPush,
      'minutes',
    ),
    ...times('Images kept', 'images', of('AWS::ECR::Repository').length, MONTH.imageGb, 'GB'),
    ...times('Objects kept', 'objects', of('AWS::S3::Bucket').length, MONTH.objectGb, 'GB'),
  ];
}
