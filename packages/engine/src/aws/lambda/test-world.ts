import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import { Controllers } from '../../core/controllers.ts';
import { randomIds } from '../../core/ids.ts';
import type { Properties, UpdateRequest } from '../../core/resource.ts';
import { openStore } from '../../core/store.ts';
import { openTestContext } from '../../core/test-context.ts';
import { until } from '../../core/until.ts';
import { openProcesses } from '../../runtime/processes.ts';
import { reapAll } from '../../runtime/reap.ts';
import { createWire } from '../../wire/server.ts';
import { createLogs } from '../logs/index.ts';
import { createLambda, type InvocationState } from './index.ts';

export type World = Awaited<ReturnType<typeof openWorld>>;

const TYPE = 'AWS::Lambda::Function';
const account = '123456789012';

/** Lambda with real processes and a clock that is moved by hand; an engine that can be ended and started again. */
export async function openWorld() {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-lambda-'));
  const state = join(directory, 'state');
  rmSync(state, { recursive: true, force: true });
  const clock = new ManualClock();
  const errors: unknown[] = [];
  let count = 0;
  let engine = await start();

  async function start() {
    const processes = openProcesses({ state, clock });
    const store = openStore(join(directory, 'store.sqlite'), clock);
    let endpoint = '';
    const context = openTestContext({ store, clock, state, ids: randomIds, endpoint: () => endpoint });
    const logs = createLogs(context);
    const lambda = createLambda(context, {
      processes,
      logs: logs.streams,
      credentials: {
        environment: (role = '', session) => ({
          AWS_ACCESS_KEY_ID: `ASIA${session}`,
          AWS_SECRET_ACCESS_KEY: `secret of ${role}`,
          AWS_SESSION_TOKEN: 'token',
          AWS_REGION: context.region,
          AWS_ENDPOINT_URL: endpoint,
        }),
      },
      options: { node: process.execPath },
    });
    const onError = (error: unknown) => void errors.push(error);
    const wire = createWire({ account, apis: [lambda.api, logs.api], faces: [], onError });
    const { port } = await wire.listen(0);
    endpoint = `http://127.0.0.1:${port}`;
    const controllers = new Controllers({ store, clock, controllers: lambda.controllers, onError });
    controllers.start();
    return { processes, store, logs, lambda, wire, controllers, endpoint };
  }

  async function end(): Promise<void> {
    await engine.controllers.stop();
    await engine.wire.close();
    engine.lambda.close();
    engine.processes[Symbol.dispose]();
    engine.store.close();
  }

  const requestOf = (properties: Properties) => ({
    stack: { name: 'slipway-news', id: 'arn:stack', region: 'ap-northeast-1', account, tags: {} },
    logicalId: 'Check',
    type: TYPE,
    properties,
    token: `token ${++count}`,
  });

  const world = {
    directory,
    state,
    clock,
    errors,
    get engine() {
      return engine;
    },
    create: (code: string, more: Properties = {}) =>
      engine.lambda.resources[TYPE]!.create(requestOf(propertiesOf(code, more))),
    update: (physicalId: string, code: string, more: Properties = {}) =>
      engine.lambda.resources[TYPE]!.update({
        ...requestOf(propertiesOf(code, more)),
        physicalId,
        previous: {},
      } as UpdateRequest),
    remove: (physicalId: string) => engine.lambda.resources[TYPE]!.delete({ ...requestOf({}), physicalId }),
    /** A request with a signature's credential scope, as the SDK would send it. */
    call: (method: string, path: string, given: { headers?: Record<string, string>; body?: string } = {}) =>
      fetch(`${engine.endpoint}${path}`, {
        method,
        headers: {
          authorization:
            'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/ap-northeast-1/lambda/aws4_request, x',
          ...given.headers,
        },
        ...(given.body !== undefined && { body: given.body }),
      }),
    /** Invokes the function `check` synchronously. */
    invoke: async (event: unknown = {}, headers: Record<string, string> = {}) => {
      const body = JSON.stringify(event);
      const path = '/2015-03-31/functions/check/invocations';
      const answer = await world.call('POST', path, { headers, body });
      // biome-ignore lint/suspicious/noExplicitAny: what the function answers
      return { status: answer.status, headers: answer.headers, payload: (await answer.json()) as any };
    },
    /** Invokes the function `check` asynchronously through the port. */
    send: (event: object = {}, token = `send ${++count}`) =>
      engine.lambda.invoke({ token, functionName: 'check', event }),
    over: (id: string): Promise<InvocationState> =>
      until(engine.store, () => {
        const invocation = engine.lambda.invocation(id);
        return invocation?.status === 'InProgress' ? undefined : invocation;
      }),
    /** Asked again and again, for what happens outside the store too; time moves on by `step` between. */
    eventually: async <T>(condition: () => T | undefined, step = 0): Promise<T> => {
      for (;;) {
        const value = condition();
        if (value !== undefined) return value;
        await sleep(10);
        clock.advance(step);
        engine.controllers.wake();
      }
    },
    /** Ends the engine as a crash would, as far as functions are concerned, and starts another. */
    restart: async (meanwhile: () => Promise<unknown> = async () => {}) => {
      await end();
      await meanwhile();
      engine = await start();
    },
    close: async () => {
      await end();
      await reapAll(state, { graceMs: 100 });
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return world;
}

function propertiesOf(code: string, more: Properties): Properties {
  return {
    FunctionName: 'check',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: `arn:aws:iam::${account}:role/check`,
    Timeout: 30,
    Code: { ZipFile: code },
    ...more,
  };
}
