export interface Acknowledgement {
  /** The rule of cdk-nag's AwsSolutions pack. */
  readonly rule: string;
  /** Which constructs, by their path. */
  readonly at: RegExp;
  /** Why it is so, for whoever reviews it. */
  readonly reason: string;
}

/**
 * What cdk-nag finds and we leave as it is. The reasons of wildcards stand where the permissions are written; these are
 * all others. One that finds nothing any more fails a test.
 */
export const ACKNOWLEDGED: readonly Acknowledgement[] = [
  {
    rule: 'AwsSolutions-S1',
    at: /\/Artifacts\//,
    reason:
      'CodePipeline records who made and used each artifact; a log of the bucket would repeat it and need a bucket of its own.',
  },
  {
    rule: 'AwsSolutions-S1',
    at: /\/AccessLog\//,
    reason:
      'It is the bucket that access logs go to: logging itself would write a log entry of each log entry.',
  },
  {
    rule: 'AwsSolutions-S1',
    at: /-data-[^/]*\/Bucket-/,
    reason:
      "Only one role reads a service's bucket. Who has to prove each access switches on CloudTrail's data events, which tell the caller as well.",
  },
  {
    rule: 'AwsSolutions-CB4',
    at: /-pipeline\/(Build|Plan|Check|Release|PullRequestBuild)\//,
    reason:
      'Artifacts lie in the bucket, which encrypts them, with a key of its own where another account reads them; a project has none besides.',
  },
  {
    rule: 'AwsSolutions-VPC7',
    at: /^slipway-network-/,
    reason:
      'Flow logs are a choice of each environment (network.flowLogs), since each GB of them costs USD 0.76.',
  },
  {
    rule: 'AwsSolutions-ECS4',
    at: /\/Cluster$/,
    reason:
      "Container Insights bills every metric of every task; the alarms use the balancer's and the service's own metrics, which cost nothing.",
  },
  {
    rule: 'AwsSolutions-EC23',
    at: /\/DoorSecurityGroup\//,
    reason: 'The door is public: anybody may reach the production port, and nothing else.',
  },
  {
    rule: 'AwsSolutions-ELB2',
    at: /\/Door\//,
    reason:
      'A network balancer logs TLS listeners only, and TLS ends at the balancer behind it, which logs each request where the environment is protected.',
  },
  {
    rule: 'AwsSolutions-ELB2',
    at: /\/Balancer\//,
    reason: 'An environment that is not protected has no users whose requests are worth keeping.',
  },
  {
    rule: 'AwsSolutions-AS3',
    at: /\/Instances$/,
    reason:
      'ECS scales the group with the tasks, several times a day; what matters to people, tasks that are missing, has an alarm.',
  },
  {
    rule: 'AwsSolutions-ECS2',
    at: /\/Seed$/,
    reason:
      'Variables hold settings and names of tables and buckets; secrets are given by reference (`secrets` in the contract).',
  },
  {
    rule: 'AwsSolutions-SQS3',
    at: /\/Undelivered$/,
    reason: 'It is the dead-letter queue, that of the schedules.',
  },
  {
    rule: 'AwsSolutions-SMG4',
    at: /\/Secret-/,
    reason:
      'Only the service knows how a value of its own is changed without an outage: a rotation that nobody has written would break it.',
  },
  {
    rule: 'AwsSolutions-DDB3',
    at: /-data-[^/]*\/Table-/,
    reason:
      'Tables of an environment that is not protected hold nothing to go back to; `protect: true` keeps backups.',
  },
];
