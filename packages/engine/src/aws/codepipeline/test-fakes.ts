import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import type { Clock } from '../../core/clock.ts';
import { AwsError } from '../../core/errors.ts';
import type { Build, BuildRequest, CodePipelinePorts, Deployment, StackRequest } from './ports.ts';

export const TAKES_MS = 1000;

interface FakeInvocation {
  id: string;
  name: string;
  at: number;
  // biome-ignore lint/suspicious/noExplicitAny: the event as AWS writes it
  job: { id: string; accountId: string; data: any };
  answered: boolean;
}

/** Repositories, builds, stacks and deployments in memory that behave: each takes a second and is made once a token. */
export function createFakes(clock: Clock, root: string) {
  const done = <T extends { at: number }>(each: T): boolean => clock.now() - each.at >= TAKES_MS;
  const builds = new Map<string, BuildRequest & { id: string; at: number; stopped: boolean }>();
  const stacks = new Map<string, { at: number; stackName: string; request?: StackRequest }>();
  const definitions = new Map<string, { arn: string; definition: object }>();
  const deployments = new Map<string, { id: string; at: number; appSpec: string }>();
  const invocations = new Map<string, FakeInvocation>();
  const fakes = {
    invocations,
    /** By function: how it answers its job a second after it was invoked; `silent` never, `throws` fails for good. */
    functions: { gate: 'succeed' } as Record<string, 'succeed' | 'fail' | 'continue' | 'silent' | 'throws'>,
    builds,
    stacks,
    definitions,
    deployments,
    commits: ['a'.repeat(40)],
    /** Files that a build of a project puts into an artifact. */
    files: {} as Record<string, Record<string, string>>,
    exported: {} as Record<string, Record<string, string>>,
    /** Projects, stacks and deployment groups that fail. */
    failing: new Set<string>(),
    effects: [] as string[],
    afterEffect: (): void => {},
    /** The files of an artifact. */
    read: (key: string): Record<string, string> => {
      const files = unzipSync(readFileSync(join(root, 'bucket', key)));
      return Object.fromEntries(
        Object.entries(files).map(([name, data]) => [name, new TextDecoder().decode(data)]),
      );
    },
  };
  const effect = (name: string): void => {
    fakes.effects.push(name);
    fakes.afterEffect();
  };
  const put = (key: string, body: string | Uint8Array): void => {
    const file = join(root, 'bucket', key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof body === 'string' ? readFileSync(body) : body);
  };
  const zip = (files: Record<string, string>): Uint8Array =>
    zipSync(
      Object.fromEntries(Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)])),
    );

  const ports: CodePipelinePorts = {
    artifacts: {
      putObject: async (_, key, body) => {
        put(key, body);
        fakes.afterEffect();
      },
      getObject: async (_, key) => join(root, 'bucket', key),
    },
    git: {
      head: async (_, branch) => (branch === 'main' ? fakes.commits.at(-1) : undefined),
      commit: async (_, id) => {
        if (!fakes.commits.includes(id)) throw new AwsError('CommitIdDoesNotExistException', `no ${id}`);
        const message = `Say "${id.slice(0, 4)}"`;
        return { id, message, authorDate: '2026-01-01T00:00:00Z', author: 'Ada' };
      },
      archive: async (_, commit, file) =>
        writeFileSync(file, zip({ 'package.json': `{"commit":"${commit}"}` })),
    },
    builds: {
      startBuild: async request => {
        const known = builds.get(request.token);
        if (known) return known.id;
        const id = `${request.project}:${builds.size + 1}`;
        builds.set(request.token, { ...request, id, at: clock.now(), stopped: false });
        effect(`build ${request.project}`);
        return id;
      },
      build: id => {
        const build = [...builds.values()].find(each => each.id === id);
        if (!build) return undefined;
        const failed = fakes.failing.has(build.project);
        const over: Build['status'] = failed ? 'FAILED' : 'SUCCEEDED';
        const status = build.stopped ? 'STOPPED' : done(build) ? over : 'IN_PROGRESS';
        if (status === 'SUCCEEDED')
          for (const output of build.outputs) put(output.key, zip(fakes.files[output.name] ?? {}));
        return {
          id,
          status,
          phase: failed ? 'BUILD' : 'COMPLETED',
          exportedVariables: fakes.exported[build.project] ?? {},
          ...(failed && { message: 'Command did not exit successfully: turbo run test, exit status 1' }),
          log: { group: `/slipway/build/${build.project}`, stream: id },
        };
      },
      stopBuild: id => {
        const build = [...builds.values()].find(each => each.id === id);
        if (build) build.stopped = true;
        effect(`stop ${id}`);
      },
    },
    stacks: {
      deployStack: request => {
        if (stacks.has(request.token)) return;
        stacks.set(request.token, { at: clock.now(), stackName: request.stackName, request });
        effect(`deploy ${request.stackName}`);
      },
      deleteStack: ({ token, stackName }) => {
        if (stacks.has(token)) return;
        stacks.set(token, { at: clock.now(), stackName });
        effect(`delete ${stackName}`);
      },
      stackOperation: token => {
        const stack = stacks.get(token);
        if (!stack) return undefined;
        const failed = fakes.failing.has(stack.stackName);
        return {
          status: !done(stack) ? 'IN_PROGRESS' : failed ? 'FAILED' : 'SUCCEEDED',
          stackId: `arn:aws:cloudformation:ap-northeast-1:123456789012:stack/${stack.stackName}/1`,
          changed: true,
          outputs: { Url: 'http://news' },
          ...(failed && { message: 'Table: already exists' }),
        };
      },
    },
    taskDefinitions: {
      registerTaskDefinition: (definition, token = '') => {
        const known = definitions.get(token);
        if (known) return known.arn;
        const arn = `arn:aws:ecs:ap-northeast-1:123456789012:task-definition/news:${definitions.size + 2}`;
        definitions.set(token, { arn, definition });
        effect('register');
        return arn;
      },
    },
    deployments: {
      createDeployment: ({ token, appSpec, deploymentGroup }) => {
        const known = deployments.get(token);
        if (known) return known.id;
        const id = `d-${deployments.size + 1}`;
        deployments.set(token, { id, at: clock.now(), appSpec });
        effect(`release ${deploymentGroup}`);
        return id;
      },
      deployment: (id): Deployment | undefined => {
        const deployment = [...deployments.values()].find(each => each.id === id);
        if (!deployment)
          return id === 'd-back'
            ? { id, status: fakes.failing.has('rolling back') ? 'InProgress' : 'Succeeded' }
            : undefined;
        if (!done(deployment)) return { id, status: 'InProgress' };
        if (!fakes.failing.has('release')) return { id, status: 'Succeeded' };
        return { id, status: 'Failed', message: 'TypeError: boom', rollbackDeploymentId: 'd-back' };
      },
    },
    functions: {
      invoke: ({ token, functionName, event }) => {
        const known = invocations.get(token);
        if (known) return known.id;
        if (!Object.hasOwn(fakes.functions, functionName))
          throw new AwsError('ResourceNotFoundException', `Function not found: ${functionName}`, 404);
        const id = `request ${invocations.size + 1}`;
        const { 'CodePipeline.job': job } = event as { 'CodePipeline.job': FakeInvocation['job'] };
        invocations.set(token, { id, name: functionName, at: clock.now(), job, answered: false });
        effect(`invoke ${functionName}`);
        return id;
      },
      invocation: id => {
        const invocation = [...invocations.values()].find(each => each.id === id);
        if (!invocation) return undefined;
        const logTail = ['asking for older approvals'];
        if (!done(invocation)) return { status: 'InProgress', logTail: [] };
        if (fakes.functions[invocation.name] !== 'throws') return { status: 'Succeeded', logTail };
        return { status: 'Failed', error: { type: 'TypeError', message: 'x is undefined' }, logTail };
      },
    },
    credentials: {
      environment: (role = '') => ({
        AWS_ACCESS_KEY_ID: 'ASIA1',
        AWS_SECRET_ACCESS_KEY: `secret of ${role}`,
        AWS_SESSION_TOKEN: 'token',
      }),
    },
    logs: { tail: () => ['# tests 3', '# fail 1'] },
  };
  return Object.assign(fakes, { ports });
}
