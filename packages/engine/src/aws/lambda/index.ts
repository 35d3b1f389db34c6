import type { RestApi } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import type { ResourceHandlers } from '../../core/resource.ts';
import { lambdaApi, place } from './api.ts';
import { createInvocation, endInvocation, isOver } from './invocation.ts';
import { Invocations } from './invocations.ts';
import { ownLines } from './log-tail.ts';
import type { LambdaPorts } from './ports.ts';
import { lambdaResources } from './resources.ts';
import { findFunction, functionNamed, openTables, type Tables } from './tables.ts';

export type { LambdaPorts } from './ports.ts';

/** What the engine's other parts see of an asynchronous invocation. */
export interface InvocationState {
  /** The request id. */
  id: string;
  /** Failed only when no further attempt follows. */
  status: 'InProgress' | 'Succeeded' | 'Failed';
  error?: { type: string; message: string };
  /** The last lines that the function itself wrote, oldest first. */
  logTail: string[];
}

export interface Lambda {
  resources: ResourceHandlers;
  api: RestApi;
  controllers: Controller[];
  /** Whether there is a function of that name or ARN. */
  hasFunction(nameOrArn: string): boolean;
  /**
   * Invokes a function asynchronously, once per token, and returns the request id. Throws AwsError: no such function
   * (ResourceNotFoundException), or an event that is too large.
   */
  invoke(request: { token: string; functionName: string; event: object }): string;
  /** Undefined when there is none, or it ended more than a day ago. */
  invocation(id: string): InvocationState | undefined;
  /** Stops listening to processes; what runs goes on. */
  close(): void;
}

const TAIL_LINES = 20;

/** Lambda: functions with inline code, each invocation a process of its own. See README.md. */
export function createLambda(context: Context, ports: LambdaPorts): Lambda {
  const tables = openTables(context.store);
  dropCallers(context, tables);
  const forgetExits = ports.processes.onExit(process => {
    const id = /^lambda-([0-9a-f-]{36})-\d+$/.exec(process)?.[1];
    if (id === undefined || tables.invocations.get(id)?.process !== process || !tables.active.get(id)) return;
    tables.invocations.update(id, stored => ({ ...stored, seen: stored.seen + 1 }));
  });
  return {
    resources: lambdaResources(context, tables),
    api: lambdaApi(context, tables, ports),
    controllers: [new Invocations(context, ports, tables)],
    hasFunction: nameOrArn => findFunction(tables, nameOrArn) !== undefined,
    invoke: ({ token, functionName, event }) => {
      const known = tables.tokens.get(token);
      if (known !== undefined) return known;
      const invoked = functionNamed(tables, functionName, place(context));
      const request = { function: invoked, type: 'Event', event: JSON.stringify(event), token } as const;
      return createInvocation(context, tables, request);
    },
    invocation: id => {
      const invocation = tables.invocations.get(id);
      if (!invocation) return undefined;
      const { status, error, log } = invocation;
      return {
        id,
        status: status === 'Succeeded' || status === 'Failed' ? status : 'InProgress',
        ...(error && { error }),
        logTail: log ? ownLines(ports.logs, log, TAIL_LINES) : [],
      };
    },
    close: forgetExits,
  };
}

/** Nobody waits any more for what an engine before this one was asked synchronously. */
function dropCallers(context: Context, tables: Tables): void {
  const error = { type: 'ServiceException', message: 'The engine ended before the function was run' };
  for (const id of tables.active.keys()) {
    const invocation = tables.invocations.get(id);
    if (invocation?.type === 'RequestResponse' && invocation.status === 'Queued' && !isOver(invocation))
      endInvocation(context, tables, id, { status: 'Failed', error });
  }
  for (const id of tables.answers.keys()) tables.answers.delete(id);
}
