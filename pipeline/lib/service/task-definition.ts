import type { Contract, Environment } from '@slipway/contract';
import type { Names } from '../names.ts';
import { compatibilityOf } from './capacity.ts';
import { PORT_NAME } from './service-connect.ts';

/** As RegisterTaskDefinition takes it; CodeDeploy's action registers the file `taskdef.json` of this shape. */
export interface TaskDefinition {
  readonly family: string;
  readonly networkMode: 'awsvpc';
  readonly requiresCompatibilities: readonly string[];
  readonly cpu: string;
  readonly memory: string;
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
  readonly runtimePlatform: { readonly cpuArchitecture: string; readonly operatingSystemFamily: string };
  readonly containerDefinitions: readonly [ContainerDefinition];
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly essential: true;
  readonly command?: readonly string[];
  readonly portMappings: readonly {
    /** By which Service Connect finds the port; a service may move to ECS's controller any day. */
    readonly name: string;
    readonly appProtocol: 'http';
    readonly containerPort: number;
    readonly protocol: 'tcp';
  }[];
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly logConfiguration: {
    readonly logDriver: 'awslogs';
    readonly options: Readonly<Record<string, string>>;
  };
  readonly linuxParameters: { readonly initProcessEnabled: boolean };
  readonly stopTimeout: number;
}

/** Where a task runs: the service's contract, the environment, and the architecture of both. */
export interface Placement {
  readonly names: Names;
  readonly service: Contract;
  readonly environment: Pick<Environment, 'name' | 'environment' | 'region' | 'capacity'>;
  readonly architecture: string;
}

/**
 * The task definition of a release, before the build fills in `<SLIPWAY_COMMIT>` and `<SLIPWAY_INPUTS>` and
 * CodePipeline `<IMAGE1_NAME>`.
 */
export function releaseTaskDefinition(
  placement: Placement,
  { tags, definition }: { tags: Readonly<Record<string, string>>; definition: string },
): TaskDefinition {
  const release = {
    SLIPWAY_COMMIT: '<SLIPWAY_COMMIT>',
    SLIPWAY_INPUTS: '<SLIPWAY_INPUTS>',
    SLIPWAY_DEFINITION: definition,
  };
  return {
    ...taskDefinition(placement, { image: '<IMAGE1_NAME>', variables: release }),
    tags: asTags({ ...tags, 'slipway:commit': '<SLIPWAY_COMMIT>' }),
  };
}

/** Tags as RegisterTaskDefinition takes them. */
export function asTags(tags: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

/**
 * The service's first task definition, which needs no build: the base image with a server that answers the health
 * check and says "not released yet". It is constant, so a release never changes a template.
 */
export function seedTaskDefinition(placement: Placement): TaskDefinition {
  const command = ['node', '-e', seedServer(placement.service)];
  return taskDefinition(placement, { image: placement.names.baseImage, command, variables: {} });
}

function seedServer({ health }: Contract): string {
  return [
    `const s=require('node:http').createServer((q,r)=>{const ok=q.url.split('?')[0]==='${health.path}';`,
    `r.writeHead(ok?200:503,{'content-type':'text/plain'}).end(ok?'ok':'not released yet')})`,
    `.listen(process.env.PORT,process.env.HOST);s.keepAliveTimeout=75e3;`,
    `process.on('SIGTERM',()=>s.close(()=>process.exit()))`,
  ].join('');
}

function taskDefinition(
  { names, service, environment, architecture }: Placement,
  container: { image: string; command?: readonly string[]; variables: Readonly<Record<string, string>> },
): TaskDefinition {
  const { family, logGroup, roles } = names.deployed(service.name, environment.name);
  const { image, command, variables } = container;
  const environmentVariables = { ...serviceVariables(names, service, environment), ...variables };
  return {
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: [compatibilityOf(environment)],
    cpu: String(service.cpu),
    memory: String(service.memory),
    executionRoleArn: names.roleArn(roles.execution),
    taskRoleArn: names.roleArn(roles.task),
    runtimePlatform: { cpuArchitecture: architecture, operatingSystemFamily: 'LINUX' },
    containerDefinitions: [
      {
        name: service.name,
        image,
        essential: true,
        ...(command && { command }),
        portMappings: [
          { name: PORT_NAME, appProtocol: 'http', containerPort: service.port, protocol: 'tcp' },
        ],
        environment: Object.entries(environmentVariables)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, value]) => ({ name, value })),
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': logGroup,
            'awslogs-region': environment.region,
            'awslogs-stream-prefix': service.name,
          },
        },
        linuxParameters: { initProcessEnabled: true },
        stopTimeout: 60,
      },
    ],
  };
}

/** What a service finds in its environment in every release: the team's own and where its data is. */
export function serviceVariables(
  names: Names,
  service: Contract,
  environment: Pick<Environment, 'name' | 'environment'>,
): Record<string, string> {
  const deployed = names.deployed(service.name, environment.name);
  const upper = (name: string) => name.toUpperCase().replaceAll('-', '_');
  const tables = Object.keys(service.tables).map(name => [`TABLE_${upper(name)}`, deployed.table(name)]);
  const buckets = Object.keys(service.buckets).map(name => [`BUCKET_${upper(name)}`, deployed.bucket(name)]);
  return {
    ...service.environment,
    ...Object.fromEntries([...tables, ...buckets]),
    PORT: String(service.port),
    SLIPWAY_CHECKS: service.checks.join(' '),
    SLIPWAY_PATH: service.path,
    SLIPWAY_SERVICE: service.name,
    SLIPWAY_ENVIRONMENT: environment.environment,
  };
}
