import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import {
  CodePipelineClient,
  GetPipelineStateCommand,
  PutApprovalResultCommand,
} from '@aws-sdk/client-codepipeline';
import type { RecordedEvent } from '@slipway/engine';
import { changeLead } from './changes.ts';
import { type Cli, type Running, spawnProgram } from './cli.ts';
import type { Clone } from './clone.ts';
import { type EventRecord, recordEvents } from './event-record.ts';
import { timeToHealthy } from './spawn-time.ts';
import { until } from './until.ts';

const SERVICE = 'news';
const PIPELINE = `slipway-${SERVICE}`;
const LIMIT_MS = 120_000;

/** What a push takes until its users meet it, and the same work with the bare tools. Milliseconds. */
export interface PushTime {
  /** From `git push` until its service's pipeline is started. */
  affected: number;
  /** From `git push` until production traffic is on the new version. */
  live: number;
  /** From `git push` until the pipeline has ended. */
  ended: number;
  /** Each stage and action, in the order in which they ended. */
  steps: { name: string; ms: number }[];
  bare: BareTime;
}

/** Turbo's lint, types, tests and bundle of the service, and a process of it until it is healthy. */
export interface BareTime {
  tools: number;
  healthy: number;
}

/** A checkout whose services are released, waits at zero, and a record of its events. */
export interface Released extends AsyncDisposable {
  push(round: number): Promise<PushTime>;
}

/** Releases `clone` once; then each round changes one line of a service, takes the bare tools' time, and pushes it. */
export async function release(clone: Clone, cli: Cli): Promise<Released> {
  const running = cli.spawn('start', '--speed', '1000000');
  await until(() => running.output().includes('Ctrl-C stops everything'), {
    limitMs: 3 * LIMIT_MS,
    what: () => running.output(),
    ended: running,
  });
  const events = recordEvents(`http://127.0.0.1:${cli.env.SLIPWAY_PORT}`);
  return {
    push: async round => {
      changeLead(SERVICE, `Round ${round}, the newest first.`)(clone.root);
      const bare = await timeBareTools(clone);
      clone.git('commit', '--quiet', '--all', '--message', `Round ${round}`);
      return { ...(await timePush(clone, cli, events)), bare };
    },
    [Symbol.asyncDispose]: async () => {
      events.stop();
      await cli.run('down');
      await running.ended;
    },
  };
}

async function timeBareTools(clone: Clone): Promise<BareTime> {
  const turbo = join(clone.root, 'node_modules/.bin/turbo');
  const startedAt = performance.now();
  execFileSync(turbo, ['run', 'lint', 'typecheck', 'test', 'build', `--filter=@slipway/${SERVICE}`], {
    cwd: clone.root,
    stdio: 'ignore',
  });
  const tools = performance.now() - startedAt;
  const program = join(clone.root, 'packages', SERVICE, 'dist/main.js');
  return { tools, healthy: await timeToHealthy(program, `/${SERVICE}/healthz`) };
}

async function timePush(clone: Clone, cli: Cli, events: EventRecord): Promise<Omit<PushTime, 'bare'>> {
  const mark = await events.mark();
  const startedAt = Date.now();
  const push = spawnProgram('git', ['push', 'local', 'HEAD:main'], { cwd: clone.root, env: cli.env });
  await approve(cli, push);
  const ofPipeline = async (): Promise<RecordedEvent[]> =>
    (await events.since(mark)).filter(event => event.source === 'aws.codepipeline');
  await until(async () => (await ofPipeline()).some(ends), { limitMs: LIMIT_MS, what: push.output });
  await push.ended;
  const told = await events.since(mark);
  const at = (matches: (event: RecordedEvent) => boolean): number => {
    const event = told.find(matches);
    if (!event) throw new Error(`something never happened:\n${push.output()}`);
    return Date.parse(event.time) - startedAt;
  };
  return {
    affected: at(event => event.detail.pipeline === PIPELINE && event.detail.state === 'STARTED'),
    live: at(shiftsProduction),
    ended: at(ends),
    steps: stepsIn(told),
  };
}

/** Says yes as soon as somebody is asked. */
async function approve({ env }: Cli, push: Running): Promise<void> {
  const client = new CodePipelineClient({
    endpoint: `http://127.0.0.1:${env.SLIPWAY_PORT}`,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'AKIASLIPWAYOPERATOR0', secretAccessKey: 'local' },
  });
  let asked: string | undefined;
  await until(
    async () => {
      const { stageStates } = await client.send(new GetPipelineStateCommand({ name: PIPELINE }));
      const action = stageStates?.find(each => each.stageName === 'Approval')?.actionStates?.[0];
      const { status, token } = action?.latestExecution ?? {};
      if (status === 'InProgress') asked = token;
      return asked !== undefined;
    },
    { limitMs: LIMIT_MS, what: push.output },
  );
  await client.send(
    new PutApprovalResultCommand({
      pipelineName: PIPELINE,
      stageName: 'Approval',
      actionName: 'Approve',
      token: asked!,
      result: { status: 'Approved', summary: 'measured' },
    }),
  );
}

function ends(event: RecordedEvent): boolean {
  const { pipeline, stage, action, state } = event.detail as Record<string, unknown>;
  return pipeline === PIPELINE && !stage && !action && state !== 'STARTED';
}

/** CodeDeploy's deployment of production is over: its users are on the new version, nobody on the old one. */
function shiftsProduction(event: RecordedEvent): boolean {
  const { deploymentGroup, state } = event.detail as Record<string, unknown>;
  return deploymentGroup === `${PIPELINE}-production` && state === 'SUCCESS';
}

/** How long each stage and each of its actions took. */
function stepsIn(events: RecordedEvent[]): PushTime['steps'] {
  const begun = new Map<string, number>();
  return events.flatMap(event => {
    const { pipeline, stage, action, state } = event.detail as Record<string, string>;
    if (event.source !== 'aws.codepipeline' || !stage) return [];
    const name = [pipeline, stage, action].filter(Boolean).join(' ');
    const at = Date.parse(event.time);
    if (state === 'STARTED') begun.set(name, at);
    return state === 'SUCCEEDED' ? [{ name, ms: at - (begun.get(name) ?? at) }] : [];
  });
}
