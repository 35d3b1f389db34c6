import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startEngine, stopEngine } from './engine-process.ts';
import { createStack } from './stack.ts';
import { type Access, engineAccess, engineTarget, type Target } from './target.ts';
import type { World } from './world.ts';

const PLACE = { account: '123456789012', region: 'ap-northeast-1' };
export const ENVIRONMENTS = `name: slipway
account: "${PLACE.account}"
region: ${PLACE.region}
environments:
  staging: { network: { zones: [ap-northeast-1a, ap-northeast-1c] } }
  production: { network: { cidr: 10.1.0.0/16, zones: [ap-northeast-1a, ap-northeast-1c] } }
`;

/** A checkout and a real engine of its own, with stacks as small as a test needs them. */
export interface Scene extends AsyncDisposable {
  root: string;
  state: string;
  target: Target;
  access: Access;
  git(...args: string[]): string;
  write(file: string, text: string): void;
  /** Creates a stack and waits until it is there. */
  deploy(name: string, resources: Record<string, object>): Promise<void>;
  /** Where a command runs; what it says is kept in `said`. */
  world(more?: Partial<World>): World & { said: string[] };
}

export async function openScene({ repository }: { repository?: string } = {}): Promise<Scene> {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-cli-')));
  const [root, state] = [join(place, 'checkout'), join(place, 'state')];
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', env: { ...process.env, ...GIT } });
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  mkdirSync(state);
  write('pipeline/environments.yaml', ENVIRONMENTS);
  mkdirSync(join(root, 'packages'));
  git('init', '--quiet', '--initial-branch=main');
  const engine = await startEngine({
    ...{ ...PLACE, state, root, port: await freePort(), speed: 1000, product: 'slipway', doors: [] },
    ...(repository && { repository }),
  });
  const target = engineTarget(engine);
  return {
    root,
    state,
    target,
    access: engineAccess(engine),
    git,
    write,
    deploy: async (name, resources) => {
      const file = join(place, `${name}.json`);
      writeFileSync(file, JSON.stringify({ Resources: resources }));
      await createStack(target, name, file);
    },
    world: (more = {}) => {
      const said: string[] = [];
      return {
        ...{ env: {}, root, directory: root, platform: process.platform, nodeVersion: process.version },
        ...{ terminal: false, said, say: line => said.push(line), complain: line => said.push(line) },
        ...{ ask: async () => undefined, now: () => 0, interruption: () => new AbortController().signal },
        ...more,
      };
    },
    [Symbol.asyncDispose]: async () => {
      await stopEngine(state);
      rmSync(place, { recursive: true, force: true });
    },
  };
}

const GIT = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A Developer',
  GIT_AUTHOR_EMAIL: 'developer@example.com',
  GIT_COMMITTER_NAME: 'A Developer',
  GIT_COMMITTER_EMAIL: 'developer@example.com',
};

/** What a pipeline stands on. */
export const tooling = {
  Repository: { Type: 'AWS::CodeCommit::Repository', Properties: { RepositoryName: 'slipway' } },
  Artifacts: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'artifacts' } },
};

/** A pipeline that fetches its source and then waits for an approval; more actions come behind that. */
export function gatedPipeline(name: string, more: object[] = []): Record<string, object> {
  const action = (actionName: string, [Category, Provider]: [string, string], rest: object) => ({
    Name: actionName,
    ActionTypeId: { Category, Provider, Owner: 'AWS', Version: '1' },
    ...rest,
  });
  const source = {
    Configuration: { RepositoryName: 'slipway', BranchName: 'main', PollForSourceChanges: false },
    OutputArtifacts: [{ Name: 'Source' }],
  };
  return {
    Pipeline: {
      Type: 'AWS::CodePipeline::Pipeline',
      Properties: {
        ...{ Name: name, PipelineType: 'V2', RoleArn: `arn:aws:iam::${PLACE.account}:role/${name}` },
        ArtifactStore: { Type: 'S3', Location: 'artifacts' },
        Stages: [
          { Name: 'Source', Actions: [action('Source', ['Source', 'CodeCommit'], source)] },
          { Name: 'Approval', Actions: [action('Approve', ['Approval', 'Manual'], {})] },
          ...more,
        ],
      },
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
}
