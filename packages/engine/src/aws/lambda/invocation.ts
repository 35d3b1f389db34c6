import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { LambdaFunction } from './function.ts';
import type { Tables } from './tables.ts';

/** One request to run a function, by its request id. Times are epoch milliseconds. */
export interface Invocation {
  id: string;
  /** The function's name. */
  function: string;
  type: 'RequestResponse' | 'Event';
  status: 'Queued' | 'Running' | 'Succeeded' | 'Failed';
  created: number;
  ended?: number;
  token?: string;
  /** Not before this time the next attempt begins. */
  notBefore: number;
  /** Attempts that have ended with an error: an asynchronous invocation has two more after the first. */
  errors: number;
  /** Runs that vanished without a result: the machine was switched off. They do not count as errors. */
  interruptions: number;
  /** The run under way: its function as it was when it began, its process, and where it logs. */
  definition?: LambdaFunction;
  process?: string;
  log?: { group: string; stream: string };
  begun?: number;
  /** When the code was loaded: the function's timeout counts from here. */
  loaded?: number;
  /** It ran out of time and was killed. */
  timedOut?: true;
  /** What the last run failed of. */
  error?: InvocationError;
  /** Grows when its process has ended, so that its controller looks. */
  seen: number;
}

export interface InvocationError {
  type: string;
  message: string;
}

export interface InvocationRequest {
  function: LambdaFunction;
  type: Invocation['type'];
  /** JSON. */
  event: string;
  /** The same token is the same invocation. */
  token?: string;
}

/** Largest events. https://docs.aws.amazon.com/lambda/latest/dg/API_Invoke.html */
const MAX_EVENT_BYTES = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024 };
const KEPT_MS = 24 * 3_600_000;

/**
 * Writes an invocation down, to be carried out by the controller; returns its request id. Throws AwsError: the event is
 * too large or no JSON.
 */
export function createInvocation(context: Context, tables: Tables, request: InvocationRequest): string {
  const { token, type, event } = request;
  const known = token === undefined ? undefined : tables.tokens.get(token);
  if (known !== undefined) return known;
  checkEvent(event, MAX_EVENT_BYTES[type]);
  return context.store.transaction(() => {
    forgetOld(context, tables);
    const now = context.clock.now();
    const invocation: Invocation = {
      id: context.ids.uuid(),
      function: request.function.name,
      type,
      status: 'Queued',
      created: now,
      ...(token !== undefined && { token }),
      notBefore: now,
      errors: 0,
      interruptions: 0,
      seen: 0,
    };
    tables.invocations.put(invocation.id, invocation);
    tables.events.put(invocation.id, event);
    tables.active.put(invocation.id, true);
    if (token !== undefined) tables.tokens.put(token, invocation.id);
    return invocation.id;
  });
}

export function isOver({ status }: Invocation): boolean {
  return status === 'Succeeded' || status === 'Failed';
}

/** Ends an invocation. The event is not needed any more; a synchronous caller still takes the answer. */
export function endInvocation(
  { store, clock }: Context,
  tables: Tables,
  id: string,
  end: { status: 'Succeeded' | 'Failed'; error?: InvocationError; answer?: string },
): void {
  store.transaction(() => {
    const { status, error, answer } = end;
    tables.invocations.update(id, stored => ({
      ...stored,
      status,
      ended: clock.now(),
      ...(error && { error }),
    }));
    tables.events.delete(id);
    if (answer !== undefined && tables.invocations.get(id)?.type === 'RequestResponse')
      tables.answers.put(id, answer);
  });
}

/** Invocations that ended a day ago, with what belongs to them. */
function forgetOld({ clock }: Context, tables: Tables): void {
  const before = clock.now() - KEPT_MS;
  for (const { id, ended, token } of tables.invocations.values()) {
    if (ended === undefined || ended > before) continue;
    tables.invocations.delete(id);
    tables.answers.delete(id);
    if (token !== undefined) tables.tokens.delete(token);
  }
}

function checkEvent(event: string, most: number): void {
  if (Buffer.byteLength(event) > most)
    throw new AwsError(
      'RequestTooLargeException',
      `Request must be smaller than ${most} bytes for the InvokeFunction operation`,
      413,
    );
  try {
    JSON.parse(event);
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
    );
  }
}
