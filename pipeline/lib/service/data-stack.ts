import type { Contract, Environment, Table } from '@slipway/contract';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
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
      new s3.Bucket(this, `Bucket-${name}`, {
        bucketName: deployed.bucket(name),
        blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
        encryption: s3.BucketEncryption.S3_MANAGED,
        enforceSSL: true,
        versioned: environment.protect,
        removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      });
    }
  }

  private addTable(id: string, tableName: string, schema: Table, protect: boolean): void {
    const table = new dynamodb.Table(this, id, {
      tableName,
      ...keys(schema),
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
