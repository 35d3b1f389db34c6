import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CodePipelineClient,
  GetPipelineStateCommand,
  PutApprovalResultCommand,
} from '@aws-sdk/client-codepipeline';
import type { RecordedEvent } from '@slipway/engine';
import { changeLead } from './changes.ts';
import { type Cli, spawnProgram } from './cli.ts';
import type { Clone } from './clone.ts';
import { type EventRecord, recordEvents } from './event-record.ts';
import { timeToHealthy } from './spawn-time.ts';
import { buildsIn, type StepTime, stagesIn } from './step-times.ts';
import { until } from './until.ts';

const SERVICE = 'news';
const PIPELINE = `slipway-${SERVICE}`;
const LIMIT_MS = 120_000;
const ASK_EVERY_MS = 20;
const IN_A_ROW = 10;

/** What a push takes until its users meet it, and the same work with the bare tools. Milliseconds. */
export interface PushTime {
  /** From `git push` until its service's pipeline is started. */
  affected: number;
  /** From `git push` until the production door answers with the new version, and with no other any more. */
  live: number;
  /** From `git push` until the pipeline has ended. */
  ended: number;
  /** Each stage and action, in the order in which they ended, then what the builds did. */
  steps: StepTime[];
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
  await until(() => /Ctrl-C stops (everything|it)/.test(running.output()), {
    limitMs: 3 * LIMIT_MS,
    what: () => running.output(),
    ended: running,
  });
  if (/^✗/m.test(running.output())) throw new Error(`the first release failed:\n${running.output()}`);
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
  await until(async () => (await events.since(mark)).some(asks), { limitMs: LIMIT_MS, what: push.output });
  await approve(cli);
  const commit = clone.git('rev-parse', 'HEAD').trim();
  const liveAt = await answersOnlyWith(commit, cli);
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
    live: liveAt - startedAt,
    ended: at(ends),
    steps: [...stagesIn(told), ...buildsIn(told, cli.state)],
  };
}

function asks({ detail }: RecordedEvent): boolean {
  return detail.pipeline === PIPELINE && detail.action === 'Approve' && detail.state === 'STARTED';
}

/** Says yes to what is asked. */
async function approve({ env }: Cli): Promise<void> {
  const client = new CodePipelineClient({
    endpoint: `http://127.0.0.1:${env.SLIPWAY_PORT}`,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'AKIASLIPWAYOPERATOR0', secretAccessKey: 'local' },
  });
  const { stageStates } = await client.send(new GetPipelineStateCommand({ name: PIPELINE }));
  const action = stageStates?.find(each => each.stageName === 'Approval')?.actionStates?.[0];
  await client.send(
    new PutApprovalResultCommand({
      pipelineName: PIPELINE,
      stageName: 'Approval',
      actionName: 'Approve',
      token: action?.latestExecution?.token,
      result: { status: 'Approved', summary: 'measured' },
    }),
  );
}

/** When the production door first answered with this commit, which it then did ten times in a row. */
async function answersOnlyWith(commit: string, { env }: Cli): Promise<number> {
  const url = `http://127.0.0.1:${env.SLIPWAY_PRODUCTION_PORT}/${SERVICE}/json`;
  const limit = Date.now() + LIMIT_MS;
  let seen: number[] = [];
  while (seen.length < IN_A_ROW) {
    if (Date.now() > limit) throw new Error(`${url} did not answer with ${commit} in ${LIMIT_MS} ms`);
    const at = Date.now();
    const answer = await fetch(url);
    const told = (await answer.json()) as { commit?: string };
    seen = told.commit === commit ? [...seen, at] : [];
    await delay(ASK_EVERY_MS);
  }
  return seen[0]!;
}

function ends(event: RecordedEvent): boolean {
  const { pipeline, stage, action, state } = event.detail as Record<string, unknown>;
  return pipeline === PIPELINE && !stage && !action && state !== 'STARTED';
}
