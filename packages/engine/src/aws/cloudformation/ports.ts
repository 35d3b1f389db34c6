import type { ResourceHandlers } from '../../core/resource.ts';

/** A secret as a dynamic reference names it. */
export interface SecretName {
  /** Name or ARN. */
  secretId: string;
  /** A field of a JSON secret; the whole text without it. */
  jsonKey?: string;
  versionStage?: string;
  versionId?: string;
}

/** What CloudFormation needs of others. */
export interface CloudFormationPorts {
  /**
   * Who carries out which resource type, all services in one map. Asked anew each time, so that services may be made
   * after this one.
   */
  handlers(): ResourceHandlers;
  /** A parameter of Systems Manager, its newest version unless one is named; undefined when there is none. */
  parameter(name: string, version?: number): string | undefined;
  /** A secret of Secrets Manager; undefined when there is none. */
  secret(name: SecretName): string | undefined;
  /** Whether a role of this ARN is there for CloudFormation to assume. */
  hasRole(arn: string): boolean;
  /** The path of a file with an object of S3, for TemplateURL. Rejects with AwsError NoSuchKey. */
  getObject(bucket: string, key: string): Promise<string>;
}
