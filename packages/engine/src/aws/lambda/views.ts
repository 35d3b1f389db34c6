import type { LambdaFunction } from './function.ts';

/** FunctionConfiguration. https://docs.aws.amazon.com/lambda/latest/dg/API_FunctionConfiguration.html */
export function configurationView(each: LambdaFunction): object {
  return {
    FunctionName: each.name,
    FunctionArn: each.arn,
    Runtime: each.runtime,
    Role: each.role,
    Handler: each.handler,
    CodeSize: each.codeBytes,
    Description: each.description,
    Timeout: each.timeoutSeconds,
    MemorySize: each.memoryMiB,
    LastModified: new Date(each.modified).toISOString().replace('Z', '+0000'),
    CodeSha256: Buffer.from(each.code, 'hex').toString('base64'),
    Version: '$LATEST',
    ...(each.vpc && { VpcConfig: each.vpc }),
    ...(Object.keys(each.environment).length > 0 && { Environment: { Variables: each.environment } }),
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: each.revision,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: each.architectures,
    EphemeralStorage: { Size: 512 },
    LoggingConfig: { LogFormat: 'Text', LogGroup: each.logGroup },
  };
}

/** GetFunction's answer. The code has no place of its own to be fetched from. */
export function functionView(each: LambdaFunction): object {
  const { reservedConcurrency: reserved, tags } = each;
  return {
    Configuration: configurationView(each),
    Code: { RepositoryType: 'S3' },
    ...(Object.keys(tags).length > 0 && { Tags: tags }),
    ...(reserved !== undefined && { Concurrency: { ReservedConcurrentExecutions: reserved } }),
  };
}
