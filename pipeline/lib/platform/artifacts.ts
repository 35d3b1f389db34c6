import type { Environments } from '@slipway/contract';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/**
 * The bucket through which pipelines hand artifacts to what happens in this region. Only where another account reads
 * them it has a key of its own, since nobody else can be let into AWS's own.
 */
export function createArtifacts(scope: Construct, names: Names, environments: Environments): void {
  const readers = foreignReaders(names, environments);
  const encryptionKey = names.artifactKeyAlias === undefined ? undefined : createKey(scope, names, readers);
  const bucket = new s3.Bucket(scope, 'Artifacts', {
    bucketName: names.artifactBucket,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    ...(encryptionKey
      ? { encryption: s3.BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }
      : { encryption: s3.BucketEncryption.S3_MANAGED }),
    enforceSSL: true,
    versioned: true,
    lifecycleRules: [{ expiration: Duration.days(90), noncurrentVersionExpiration: Duration.days(30) }],
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  for (const reader of readers) {
    const { bucketArn } = bucket;
    const objects = { actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [`${bucketArn}/*`] };
    const about = { actions: ['s3:GetBucketLocation', 's3:GetBucketVersioning'], resources: [bucketArn] };
    for (const part of [objects, about])
      bucket.addToResourcePolicy(new iam.PolicyStatement({ ...part, ...reader }));
  }
}

/** The bucket as pipelines see it, by its name and by its key's alias. */
export function importArtifacts(scope: Construct, names: Names): s3.IBucket {
  const { artifactBucket: bucketName, account, region, artifactKeyAlias } = names;
  const elsewhere = region === Stack.of(scope).region ? '' : `-${region}`;
  // AWS tells to name keys of cross-account actions by ID, which is not known here: KMS makes it up. The alias does, as
  // in what CDK itself makes, since actions in other accounts only read, and what is read names its key itself.
  // https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_EncryptionKey.html
  const encryptionKey =
    artifactKeyAlias === undefined
      ? undefined
      : kms.Key.fromKeyArn(scope, `ArtifactKey${elsewhere}`, names.arn('kms', artifactKeyAlias));
  return s3.Bucket.fromBucketAttributes(scope, `Artifacts${elsewhere}`, {
    ...{ bucketName, account, region },
    ...(encryptionKey && { encryptionKey }),
  });
}

/**
 * Those who read this region's artifacts from other accounts: the roles that deploy there, and no others.
 *
 * The statements name the account and let in only callers with these roles. They cannot name the roles themselves: AWS
 * refuses a policy that names a role which is not there yet, and the roles of a service come after this bucket.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
 */
function foreignReaders(names: Names, environments: Environments) {
  const { prefix, region, platform } = names;
  const foreign = environments.environments.filter(
    place => place.region === region && place.account !== environments.account,
  );
  return [...Map.groupBy(foreign, place => place.account)].map(([account, places]) => {
    const { roleArn } = names.at({ account, region });
    const ofServices = places.flatMap(({ name }) =>
      ['deploy', 'release', 'codedeploy'].map(part => roleArn(`${prefix}-*-${name}-${part}`)),
    );
    return {
      principals: [new iam.AccountPrincipal(account)],
      conditions: { ArnLike: { 'aws:PrincipalArn': [roleArn(platform.roles.deploy), ...ofServices] } },
    };
  });
}

function createKey(scope: Construct, names: Names, readers: ReturnType<typeof foreignReaders>): kms.Key {
  const key = new kms.Key(scope, 'ArtifactKey', {
    description: 'Encrypts artifacts that other accounts read',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, // what it encrypted is still there
  });
  for (const reader of readers) {
    const actions = ['kms:Decrypt', 'kms:DescribeKey'];
    key.addToResourcePolicy(new iam.PolicyStatement({ ...reader, actions, resources: ['*'] }));
  }
  new kms.CfnAlias(scope, 'ArtifactKeyAlias', {
    aliasName: names.artifactKeyAlias!,
    targetKeyId: key.keyId,
  });
  return key;
}
