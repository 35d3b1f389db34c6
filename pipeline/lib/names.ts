import type { Environments } from '@slipway/contract';

export type Names = ReturnType<typeof createNames>;

/**
 * Every name in one place. Names are fixed, never made up by CloudFormation: roles refer to each other by name,
 * policies limit a service to its own names, and the command line finds everything without state.
 */
export function createNames(environments: Pick<Environments, 'name' | 'account' | 'region' | 'repository'>) {
  const { name: prefix, account, region } = environments;
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const registry = `${account}.dkr.ecr.${region}.${domain}`;
  const arn = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;

  return {
    prefix,
    arn,
    repository: environments.repository.name,
    branch: environments.repository.branch,
    artifactBucket: `${prefix}-artifacts-${account}-${region}`,
    definitionParameter: `/${prefix}/definition`,
    platformParameter: `/${prefix}/definition/platform`, // no service can have this name
    baseImagePrefix: 'ecr-public',
    baseRegistry: `${registry}/ecr-public`,
    baseImage: `${registry}/ecr-public/docker/library/node:24-slim`,
    roleArn: (role: string) => `arn:${partition}:iam::${account}:role/${role}`,
    bucketArn: (bucket: string) => `arn:${partition}:s3:::${bucket}`,
    buildLogGroup: (project: string) => `/${prefix}/build/${project}`,
    functionLogGroup: (name: string) => `/${prefix}/function/${name}`,

    stacks: {
      tooling: `${prefix}-tooling`,
      platformPipeline: `${prefix}-platform-pipeline`,
      definition: `${prefix}-definition`,
      network: (env: string) => `${prefix}-network-${env}`,
      cluster: (env: string) => `${prefix}-cluster-${env}`,
      images: (service: string) => `${prefix}-${service}-images`,
      pipeline: (service: string) => `${prefix}-${service}-pipeline`,
      data: (service: string, env: string) => `${prefix}-${service}-data-${env}`,
      service: (service: string, env: string) => `${prefix}-${service}-${env}`,
    },
    platform: {
      pipeline: `${prefix}-platform`,
      plan: `${prefix}-plan`,
      check: `${prefix}-check`,
      release: `${prefix}-release`,
      roles: {
        pipeline: `${prefix}-platform-pipeline`,
        source: `${prefix}-platform-source`,
        start: `${prefix}-platform-start`,
        deploy: `${prefix}-platform-deploy`,
        cloudFormation: `${prefix}-platform-cloudformation`,
        events: `${prefix}-platform-events`,
        plan: `${prefix}-plan`,
        check: `${prefix}-check`,
        release: `${prefix}-release`,
      },
    },
    service: (service: string) => ({
      pipeline: `${prefix}-${service}`,
      build: `${prefix}-${service}-build`,
      imageRepository: `${prefix}/${service}`,
      roles: {
        pipeline: `${prefix}-${service}-pipeline`,
        source: `${prefix}-${service}-source`,
        start: `${prefix}-${service}-start`,
        build: `${prefix}-${service}-build`,
      },
    }),
    /** The function that rejects overtaken approvals, and its role. */
    supersede: { name: `${prefix}-supersede`, role: `${prefix}-supersede` },
    /** The function that checks new versions in an environment, and its role. */
    check: (env: string) => ({ name: `${prefix}-${env}-check`, role: `${prefix}-${env}-check` }),
    cluster: (env: string) => `${prefix}-${env}`,
    door: (env: string) => `${prefix}-${env}-door`,
    deployed: (service: string, env: string) => ({
      family: `${prefix}-${service}-${env}`,
      application: `${prefix}-${service}-${env}`,
      blue: `${service}-${env}-blue`,
      green: `${service}-${env}-green`,
      logGroup: `/${prefix}/${env}/${service}`,
      table: (table: string) => `${prefix}-${service}-${env}-${table}`,
      bucket: (bucket: string) => `${prefix}-${service}-${env}-${bucket}-${account}`,
      roles: {
        deploy: `${prefix}-${service}-${env}-deploy`,
        cloudFormation: `${prefix}-${service}-${env}-cloudformation`,
        release: `${prefix}-${service}-${env}-release`,
        codeDeploy: `${prefix}-${service}-${env}-codedeploy`,
        execution: `${prefix}-${service}-${env}-execution`,
        task: `${prefix}-${service}-${env}-task`,
      },
    }),
    /**
     * What a platform stack exports, one name per physical resource. Append only: a name that a service stack
     * imports can be neither changed nor removed.
     */
    exports: (env: string) => ({
      vpc: `${prefix}-${env}-vpc`,
      publicSubnet: (index: number) => `${prefix}-${env}-public-subnet-${index + 1}`,
      privateSubnet: (index: number) => `${prefix}-${env}-private-subnet-${index + 1}`,
      cluster: `${prefix}-${env}-cluster`,
      balancer: `${prefix}-${env}-balancer`,
      balancerSecurityGroup: `${prefix}-${env}-balancer-security-group`,
      productionListener: `${prefix}-${env}-production-listener`,
      testListener: `${prefix}-${env}-test-listener`,
      door: `${prefix}-${env}-door`,
    }),
  };
}
