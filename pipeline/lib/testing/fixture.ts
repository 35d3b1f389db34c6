import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder that is gone when the test is over. */
export interface TempFolder extends Disposable {
  readonly path: string;
}

export function tempFolder(): TempFolder {
  const path = mkdtempSync(join(tmpdir(), 'slipway-pipeline-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export const ENVIRONMENTS = `
name: slipway
account: "123456789012"
region: ap-northeast-1
environments:
  staging:
    network: { cidr: 10.10.0.0/16, zones: [ap-northeast-1a, ap-northeast-1c], nat: 0 }
    terminationWait: 1
    gradual: false
    dashboards: false
  production:
    approval: true
    network: { cidr: 10.20.0.0/16, zones: [ap-northeast-1a, ap-northeast-1c], nat: 1 }
    protect: true
`;

/** Three services that differ in what the stacks make of them. */
export const SERVICES: Readonly<Record<string, string>> = {
  market: 'name: market\nteam: traders\npath: /market\nbuckets: { snapshots: {} }\n',
  news: `name: news
team: press
path: /news
deployment: { strategy: canary }
tables:
  articles: { partitionKey: id, indexes: { byCategory: { partitionKey: category, sortKey: publishedAt } } }
environment: { GREETING: hello }
`,
  user: 'name: user\nteam: people\npath: /users\ndeployment: { strategy: canary, percentage: 25, interval: 3 }\n',
};

/** A service that says all that a contract can say, among those that it calls. */
export const RICH: Files = {
  environments: ENVIRONMENTS.replace(
    'protect: true',
    'protect: true\n    alarms: { email: [oncall@example.com] }',
  ),
  services: {
    market: SERVICES.market!,
    user: SERVICES.user!,
    orders: `name: orders
team: orders
path: /orders
health: { drain: 10 }
cpu: 512
memory: 1024
buckets: { receipts: {} }
tables: { orders: { partitionKey: id, ttl: forgetAt } }
calls: [user, market]
environment: { GREETING: hello }
secrets:
  SIGNING_KEY: { secret: signing, generate: true }
  DATABASE_URL: { secret: database, key: url }
  PAYMENT_TOKEN: { parameter: payment/token }
dependsOn: { cache: HEALTHY }
containers:
  cache:
    image: public.ecr.aws/docker/library/redis:7.4
    memory: 256
    ports: [6379]
    secrets: { REDIS_PASSWORD: { secret: "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:shared/redis-AbCdEf" } }
    health: { command: [redis-cli, ping], grace: 5 }
  feed:
    command: [node, feed.js]
    ports: [3001, 3002]
    environment: { GREETING: good morning }
schedules:
  cleanup: { cron: "0 3 * * ? *", timezone: Asia/Tokyo, command: [node, cleanup.js], environment: { DAYS: "30" } }
  poll: { rate: 5 minutes, command: [node, poll.js], cpu: 256, memory: 512 }
scaling:
  { min: 2, max: 6, requests: 600, cpu: 60, schedule: { morning: { cron: "0 8 * * ? *", min: 4 } }, environments: { staging: false } }
alarms: { errors: 1, unhealthy: false }
`,
  },
};

export interface Files {
  readonly environments?: string;
  readonly services?: Readonly<Record<string, string>>;
}

/** Writes the files that synthesis reads of a repository. */
export function writeRepository(root: string, files: Files = {}): void {
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  write('pipeline/environments.yaml', files.environments ?? ENVIRONMENTS);
  write('package-lock.json', JSON.stringify({ packages: { pipeline: {} } }));
  mkdirSync(join(root, 'packages'), { recursive: true });
  for (const [name, text] of Object.entries(files.services ?? SERVICES))
    write(`packages/${name}/service.yaml`, text);
}

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into any resource
  readonly Properties: any;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>
  >;
  readonly Parameters?: unknown;
}

/** What synthesis wrote, read back from disk. */
export interface Assembly {
  readonly path: string;
  readonly templates: Readonly<Record<string, Template>>;
  readonly template: (stack: string) => Template;
  /** The only resource of a type in a stack, or the only one that `matching` picks. */
  readonly resource: (
    stack: string,
    type: string,
    matching?: (properties: Resource['Properties']) => boolean,
  ) => Resource;
  readonly resources: (type: string) => Resource[];
  /** The files of the releases, by path as in `news/production/appspec.yaml`. */
  readonly release: Readonly<Record<string, string>>;
}

/** What all tests look at: the assembly of the files above, synthesized once before them. */
export function fixtureAssembly(): Assembly {
  return readAssembly(join(process.env.SLIPWAY_FIXTURE!, 'cdk.out'));
}

/** The assembly of the service that says all that a contract can say. */
export function richAssembly(): Assembly {
  return readAssembly(join(process.env.SLIPWAY_RICH_FIXTURE!, 'cdk.out'));
}

/** The documented example of several accounts and regions, and its assembly with the same services. */
export function asiaEnvironments(): string {
  return readFileSync(new URL('../../../docs/examples/asia.environments.yaml', import.meta.url), 'utf8');
}
export function asiaAssembly(): Assembly {
  return readAssembly(join(process.env.SLIPWAY_ASIA_FIXTURE!, 'cdk.out'));
}

export function readAssembly(out: string): Assembly {
  const suffix = '.template.json';
  const templates: Record<string, Template> = Object.fromEntries(
    readdirSync(out)
      .filter(name => name.endsWith(suffix))
      .map(name => [name.slice(0, -suffix.length), JSON.parse(readFileSync(join(out, name), 'utf8'))]),
  );
  const template = (stack: string) => {
    const found = templates[stack];
    if (found === undefined) throw new Error(`no stack ${stack} among ${Object.keys(templates).join(', ')}`);
    return found;
  };
  return {
    path: out,
    templates,
    template,
    resource: (stack, type, matching = () => true) => {
      const found = Object.values(template(stack).Resources).filter(
        resource => resource.Type === type && matching(resource.Properties),
      );
      if (found.length !== 1) throw new Error(`${found.length} resources ${type} in ${stack}`);
      return found[0]!;
    },
    resources: type =>
      Object.values(templates).flatMap(({ Resources }) =>
        Object.values(Resources).filter(resource => resource.Type === type),
      ),
    release: readTexts(join(out, 'release')),
  };
}

function readTexts(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}
