import type { DynamicLookups } from './dynamic-references.ts';

/** Where a stack is deployed. */
export interface StackEnvironment {
  account: string;
  region: string;
  stackName: string;
  /** The stack's ARN. */
  stackId: string;
}

/** What a template takes from the world around it. */
export interface Lookups extends DynamicLookups {
  /** The value that some stack exports under `name`; undefined when none does. */
  exported(name: string): string | undefined;
  /** The availability zones of a region, in order. */
  zones(region: string): string[];
}

/** `aws`, or the partition of China or GovCloud. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/**
 * The value of a pseudo parameter; undefined for a name that is none (`AWS::NoValue` is not a value).
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
 */
export function pseudoParameter(name: string, environment: StackEnvironment): string | string[] | undefined {
  switch (name) {
    case 'AWS::AccountId':
      return environment.account;
    case 'AWS::Region':
      return environment.region;
    case 'AWS::Partition':
      return partitionOf(environment.region);
    case 'AWS::URLSuffix':
      return environment.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    case 'AWS::StackName':
      return environment.stackName;
    case 'AWS::StackId':
      return environment.stackId;
    case 'AWS::NotificationARNs':
      return [];
    default:
      return undefined;
  }
}
