import { type Alarms, type Domain, type Environments, partitionOf } from '@slipway/contract';
import { isHome, isShared } from './spots.ts';

type Environment = Environments['environments'][number];
export type NamedEnvironments = Pick<
  Environments,
  'name' | 'account' | 'region' | 'repository' | 'permissionsBoundary'
> & {
  readonly environments: readonly Pick<Environment, 'name' | 'environment' | 'account' | 'region'>[];
};

/** An account in a region. */
export interface Spot {
  readonly account: string;
  readonly region: string;
}

export interface Names extends ReturnType<typeof namesAt> {
  /** The same names as seen from another spot: ARNs, registries and the artifact bucket are those there. */
  readonly at: (spot: Spot) => Names;
  /** As seen from a place, by its name. */
  readonly atPlace: (place: string) => Names;
  /** Where the pipelines are. */
  readonly origin: Spot;
  /** As seen from the pipelines' home account in the same region. */
  readonly home: () => Names;
}

/**
 * Every name in one place. Names are fixed, never made up by CloudFormation: roles refer to each other by name,
 * policies limit a service to its own names, and the command line finds everything without state.
 *
 * Whatever is asked for by `env` wants the name of a place. Most names follow the place; those of resources that are
 * regional and short on letters follow its environment. ARNs are those of the pipelines' home, unless seen from
 * elsewhere with `at`.
 */
export function createNames(environments: NamedEnvironments): Names {
  const seen = (spot: Spot): Names => ({
    ...namesAt(environments, spot),
    at: seen,
    atPlace: place => seen(placeNamed(environments, place)),
    origin: { account: environments.account, region: environments.region },
    home: () => seen({ account: environments.account, region: spot.region }),
  });
  return seen(environments);
}

function placeNamed({ environments }: NamedEnvironments, name: string) {
  const place = environments.find(each => each.name === name);
  if (place === undefined) throw new Error(`There is no place ${name} in environments.yaml`);
  return place;
}

function namesAt(environments: NamedEnvironments, { account, region }: Spot) {
  const { name: prefix, account: home } = environments;
  const partition = partitionOf(region);
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const registryOf = (owner: string) => `${owner}.dkr.ecr.${region}.${domain}`;
  const registry = registryOf(account);
  const place = (env: string) => placeNamed(environments, env);
  const suffix = (spot: Spot) =>
    [
      spot.account === home ? '' : `-${spot.account}`,
      isHome(environments, spot) ? '' : `-${spot.region}`,
    ].join('');
  const arn = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;

  return {
    prefix,
    account,
    region,
    partition,
    arn,
    repository: environments.repository.name,
    branch: environments.repository.branch,
    /** Where pushes come from. */
    source: environments.repository,
    /** One in each region that pipelines reach, always in their home account. */
    artifactBucket: `${prefix}-artifacts-${home}-${region}`,
    /** The key of this region's artifacts; they have one where other accounts read them. */
    artifactKeyAlias: isShared(environments, region) ? `alias/${prefix}-artifacts` : undefined,
    definitionParameter: `/${prefix}/definition`,
    platformParameter: `/${prefix}/definition/platform`, // no service can have this name
    /** Where a service's stack records what no update of it may change. */
    shapeParameter: (service: string, env: string) => `/${prefix}/shape/${service}/${env}`,
    /** Where the images of services are: the home account's registry in this region. */
    imageRegistry: registryOf(home),
    baseImagePrefix: 'ecr-public',
    baseRegistry: `${registry}/ecr-public`,
    baseImage: `${registry}/ecr-public/docker/library/node:24-slim`,
    /** The permissions boundary that every role bears. */
    boundary: environments.permissionsBoundary ?? `${prefix}-boundary`,
    policyArn: (policy: string) => `arn:${partition}:iam::${account}:policy/${policy}`,
    instanceProfileArn: (profile: string) => `arn:${partition}:iam::${account}:instance-profile/${profile}`,
    roleArn: (role: string) => `arn:${partition}:iam::${account}:role/${role}`,
    bucketArn: (bucket: string) => `arn:${partition}:s3:::${bucket}`,
    buildLogGroup: (project: string) => `/${prefix}/build/${project}`,
    functionLogGroup: (name: string) => `/${prefix}/function/${name}`,

    stacks: {
      repository: `${prefix}-repository`,
      tooling: `${prefix}-tooling`,
      toolingAt: (spot: Spot) => `${prefix}-tooling${suffix(spot)}`,
      platformPipeline: `${prefix}-platform-pipeline`,
      definition: `${prefix}-definition`,
      network: (env: string) => `${prefix}-network-${env}`,
      cluster: (env: string) => `${prefix}-cluster-${env}`,
      images: (service: string) => `${prefix}-${service}-images`,
      imagesAt: (service: string, there: string) =>
        `${prefix}-${service}-images${suffix({ account: home, region: there })}`,
      /** A service's roles in an account that is not the pipelines' home. */
      roles: (service: string, account: string) => `${prefix}-${service}-roles-${account}`,
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
        /** In other accounts: tells what is live there. */
        look: `${prefix}-look`,
      },
    },
    /** The check of pull requests; through a connection it is a pipeline. No service can have such a name. */
    pullRequests: {
      build: `${prefix}-pull-request`,
      pipeline: `${prefix}-pull-requests`,
      rule: `${prefix}-pull-request`,
      roles: {
        build: `${prefix}-pull-request`,
        events: `${prefix}-pull-request-events`,
        pipeline: `${prefix}-pull-request-pipeline`,
        source: `${prefix}-pull-request-source`,
        start: `${prefix}-pull-request-start`,
      },
    },
    /** The topic that tells people of failures and of approvals that wait, and the rules that feed it. */
    notifications: {
      topic: `${prefix}-notifications`,
      failures: `${prefix}-failures`,
      waiting: `${prefix}-waiting`,
      pullRequests: `${prefix}-pull-request-failures`,
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
    /** The function that releases services whose deployments ECS controls, and its role. */
    rollout: { name: `${prefix}-rollout`, role: `${prefix}-rollout` },
    /** The function that checks new versions in an environment, and its role. */
    check: (env: string) => ({ name: `${prefix}-${env}-check`, role: `${prefix}-${env}-check` }),
    /** The environment of a place, which its resources bear as a tag. */
    environment: (env: string) => place(env).environment,
    cluster: (env: string) => `${prefix}-${place(env).environment}`,
    door: (env: string) => `${prefix}-${place(env).environment}-door`,
    /** The target group that leads from the door to the balancer's listener for TLS. */
    secureDoor: (env: string) => `${prefix}-${place(env).environment}-door-tls`,
    /** Where the balancer's access log goes. */
    accessLogBucket: (env: string) => {
      const { environment, account, region } = place(env);
      return `${prefix}-${environment}-access-log-${account}-${region}`;
    },
    /** Instances of one's own, where an environment has any: capacity provider, scaling group, template, role. */
    instances: (env: string) => `${prefix}-${env}-instances`,
    /** The role that writes the network's flow log, and the log. */
    flowLog: (env: string) => ({ role: `${prefix}-${env}-flow-log`, logGroup: `/${prefix}/${env}/network` }),
    /** The group of a task that is started once and reached from outside on port 80. */
    publicTask: (env: string) => `${prefix}-${env}-public-task`,
    /** The private zone in which an environment's own names stand, without a domain. */
    internalZone: (env: string) => `${env}.${prefix}.internal`,
    /**
     * By which base address tasks call other services of their environment: `<address>/users/json`. No slash at the
     * end. It leads to the internal balancer past the door; with a domain it is the public name, which the
     * network answers itself, so that certificate and listener are those of the users.
     */
    internalAddress: (environment: { readonly name: string; readonly domain?: Domain | undefined }) =>
      environment.domain
        ? `https://${environment.domain.name}`
        : `http://${environment.name}.${prefix}.internal`,
    /** The topic of an environment's alarms. It exists where `alarms` names an address: see `alarmTargets`. */
    alarmTopic: (environment: { readonly name: string }) => `${prefix}-${environment.name}-alarms`,
    /**
     * ARNs that an alarm or a notification of an environment tells: the environment's own topic, which tells the
     * addresses, and the topic that `alarms` names. None where nobody is to be told. Other services than CloudWatch,
     * EventBridge and CodeStar Notifications of this account may not write to the own topic.
     */
    alarmTargets: ({ name, alarms }: { readonly name: string; readonly alarms: Alarms }): string[] => [
      ...(alarms.email.length > 0 ? [arn('sns', `${prefix}-${name}-alarms`)] : []),
      ...(alarms.topic === undefined ? [] : [alarms.topic]),
    ],
    deployed: (service: string, env: string) => ({
      family: `${prefix}-${service}-${env}`,
      application: `${prefix}-${service}-${env}`,
      blue: `${service}-${place(env).environment}-blue`,
      green: `${service}-${place(env).environment}-green`,
      logGroup: `/${prefix}/${env}/${service}`,
      table: (table: string) => `${prefix}-${service}-${env}-${table}`,
      bucket: (bucket: string) => `${prefix}-${service}-${env}-${bucket}-${place(env).account}`,
      secret: (name: string) => `${prefix}/${env}/${service}/${name}`,
      parameter: (name: string) => `/${prefix}/${env}/${service}/${name}`,
      alarm: (kind: string) => `${prefix}-${service}-${env}-${kind}`,
      /** What runs schedules: their group, the function and the queue of what could not be delivered. */
      scheduler: `${prefix}-${service}-${env}-schedule`,
      roles: {
        deploy: `${prefix}-${service}-${env}-deploy`,
        cloudFormation: `${prefix}-${service}-${env}-cloudformation`,
        release: `${prefix}-${service}-${env}-release`,
        codeDeploy: `${prefix}-${service}-${env}-codedeploy`,
        execution: `${prefix}-${service}-${env}-execution`,
        task: `${prefix}-${service}-${env}-task`,
        infrastructure: `${prefix}-${service}-${env}-infrastructure`,
        schedule: `${prefix}-${service}-${env}-schedule`,
        scheduler: `${prefix}-${service}-${env}-scheduler`,
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
      /** There with a domain only; it carries the services' rules then. */
      secureListener: `${prefix}-${env}-secure-listener`,
      /** There where the network says from where it can be reached. */
      publicTaskSecurityGroup: `${prefix}-${env}-public-task-security-group`,
      /** In which services that ECS controls find each other. */
      namespace: `${prefix}-${env}-namespace`,
      /** The security group of tasks that call others by those names. */
      callersSecurityGroup: `${prefix}-${env}-callers-security-group`,
    }),
  };
}
