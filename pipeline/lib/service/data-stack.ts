import { type Contract, type Environment, generatedSecrets, type Table } from '@slipway/contract';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/** What a service keeps, apart from the service, so that it outlives every change of it. */
export class DataStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { names: Names; environment: Environment; service: Contract },
  ) {
    super(scope, id, props);
    const { names, environment, service } = props;
    const deployed = names.deployed(service.name, environment.name);

    for (const [name, table] of Object.entries(service.tables)) {
      this.addTable(`Table-${name}`, deployed.table(name), table, environment.protect);
    }
    for (const name of Object.keys(service.buckets)) {
      this.addBucket(`Bucket-${name}`, deployed.bucket(name), environment.protect);
    }
    for (const name of generatedSecrets(service)) {
      this.addSecret(`Secret-${name.replaceAll('/', '-')}`, deployed.secret(name));
    }
  }

  /** Every overwrite and deletion can be undone for a while, here longer, there shorter. */
  private addBucket(id: string, bucketName: string, protect: boolean): void {
    new s3.Bucket(this, id, {
      bucketName,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(protect ? 90 : 14),
          abortIncompleteMultipartUploadAfter: Duration.days(7),
          expiredObjectDeleteMarker: true,
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }

  /** A text that nobody has seen: Secrets Manager makes it, once. */
  private addSecret(id: string, name: string): void {
    const secret = new secretsmanager.CfnSecret(this, id, {
      name,
      description: 'Made for the service, read by its tasks',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
    });
    secret.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }

  private addTable(id: string, tableName: string, schema: Table, protect: boolean): void {
    const table = new dynamodb.Table(this, id, {
      tableName,
      ...keys(schema),
      ...(schema.ttl !== undefined && { timeToLiveAttribute: schema.ttl }),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: protect },
      deletionProtection: protect,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    for (const [indexName, index] of Object.entries(schema.indexes)) {
      table.addGlobalSecondaryIndex({ indexName, ...keys(index) });
    }
  }
}

/** All keys are texts: a number that is searched for sorts well enough as one, and a date does. */
function keys({ partitionKey, sortKey }: Pick<Table, 'partitionKey' | 'sortKey'>) {
  const text = (name: string) => ({ name, type: dynamodb.AttributeType.STRING });
  return { partitionKey: text(partitionKey), ...(sortKey !== undefined && { sortKey: text(sortKey) }) };
}
