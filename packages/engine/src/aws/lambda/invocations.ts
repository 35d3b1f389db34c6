import { appendFileSync } from 'node:fs';
import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import { messageOf } from '../../core/errors.ts';
import { endInvocation, type Invocation, type InvocationError, isOver } from './invocation.ts';
import type { LambdaPorts } from './ports.ts';
import { hasRoom } from './room.ts';
import type { Tables } from './tables.ts';
import { clear, isLoaded, prepare, type Run, readResult } from './workplace.ts';

/** How often a run that loads its code is looked at. */
const POLL_MS = 100;
/** Loading the code may take this long beside the function's timeout, as in Lambda. */
const LOADING_MS = 10_000;
/** Waits before the second and the third attempt of an asynchronous invocation; the engine's speed divides them. */
const RETRY_WAITS_MS = [60_000, 120_000];
/** An event that could not be begun for so long is dropped. */
const MAX_EVENT_AGE_MS = 6 * 3_600_000;
const MOST_INTERRUPTIONS = 3;
/** 128 + SIGTERM: what ends all processes of a state directory together with the engine. */
const ENDED_WITH_ENGINE = 143;

/**
 * Carries out invocations, each in a process of its own: queued, running, over. A run that vanished without a result is
 * run again, as Lambda delivers an event at least once.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class Invocations implements Controller {
  readonly name = 'lambda-invocations';
  readonly #context: Context;
  readonly #ports: LambdaPorts;
  readonly #tables: Tables;

  constructor(context: Context, ports: LambdaPorts, tables: Tables) {
    this.#context = context;
    this.#ports = ports;
    this.#tables = tables;
  }

  active(): string[] {
    return this.#tables.active.keys();
  }

  async step(id: string): Promise<number | undefined> {
    const invocation = this.#tables.invocations.get(id);
    if (!invocation || isOver(invocation)) return this.#clearAway(id, invocation);
    return invocation.status === 'Queued' ? this.#begin(invocation) : this.#look(invocation as Run);
  }

  /** Names the process that is to be started; the next step starts it. */
  #begin(invocation: Invocation): number | undefined {
    const { clock, ids } = this.#context;
    const now = clock.now();
    if (now < invocation.notBefore) return invocation.notBefore;
    const definition = this.#tables.functions.get(invocation.function);
    if (!definition) {
      const message = `Function not found: ${invocation.function}`;
      return this.#end(invocation, { type: 'ResourceNotFoundException', message });
    }
    if (!hasRoom(this.#tables, definition)) {
      const expires = invocation.created + MAX_EVENT_AGE_MS;
      if (now < expires) return expires;
      return this.#end(invocation, { type: 'EventAgeExceeded', message: 'The event waited for too long' });
    }
    const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/');
    this.#tables.invocations.put(invocation.id, {
      ...invocation,
      status: 'Running',
      definition,
      process: `lambda-${invocation.id}-${invocation.errors + invocation.interruptions + 1}`,
      log: { group: definition.logGroup, stream: `${day}/[$LATEST]${ids.hex(32)}` },
      begun: now,
    });
    return undefined;
  }

  async #look(run: Run): Promise<number | undefined> {
    const status = this.#ports.processes.status(run.process);
    if (status.state === 'unknown') return this.#launch(run);
    if (status.state === 'exited') return this.#settle(run, status.exitCode);
    const { clock } = this.#context;
    const now = clock.now();
    const timeoutMs = run.definition.timeoutSeconds * 1000;
    if (run.loaded === undefined && isLoaded(this.#context, run)) {
      this.#tables.invocations.update(run.id, stored => ({ ...stored, loaded: now }));
      return now + timeoutMs;
    }
    const deadline = run.loaded === undefined ? run.begun! + LOADING_MS + timeoutMs : run.loaded + timeoutMs;
    if (now < deadline) return run.loaded === undefined ? Math.min(now + POLL_MS, deadline) : deadline;
    if (!run.timedOut)
      this.#tables.invocations.update(run.id, stored => ({ ...stored, timedOut: true as const }));
    this.#ports.processes.signal(run.process, 'SIGKILL');
    return now + POLL_MS;
  }

  async #launch(run: Run): Promise<number | undefined> {
    const code = this.#tables.code.get(run.definition.code)!;
    const event = this.#tables.events.get(run.id)!;
    try {
      await this.#ports.processes.start(prepare(this.#context, this.#ports, run, { code, event }));
      return this.#context.clock.now() + POLL_MS;
    } catch (error) {
      this.#interrupted(run, `could not be started: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** The process is gone: with an answer, with an error of the function, or interrupted. */
  #settle(run: Run, exitCode: number | undefined): undefined {
    const result = readResult(this.#context, run);
    if (result?.status === 'succeeded') {
      endInvocation(this.#context, this.#tables, run.id, { status: 'Succeeded', answer: result.answer });
      return;
    }
    if (result) {
      const { errorType: type, errorMessage: message } = result.error;
      this.#failed(run, { type, message }, JSON.stringify(result.error));
      return;
    }
    if (run.timedOut) {
      const seconds = run.definition.timeoutSeconds.toFixed(2);
      const said = `Task timed out after ${seconds} seconds`;
      this.#say(run, said);
      this.#failed(run, { type: 'Sandbox.Timedout', message: `RequestId: ${run.id} Error: ${said}` });
    } else if (exitCode === undefined || exitCode === ENDED_WITH_ENGINE)
      this.#interrupted(run, 'left no result');
    else {
      const why = exitCode > 128 ? `signal: ${exitCode - 128}` : `exit status ${exitCode}`;
      const message = `RequestId: ${run.id} Error: Runtime exited with error: ${why}`;
      this.#say(run, message);
      this.#failed(run, { type: 'Runtime.ExitError', message });
    }
  }

  /** An asynchronous invocation is tried twice more; the caller of a synchronous one gets the error. */
  #failed(run: Run, error: InvocationError, answer = errorAnswer(error)): void {
    const wait = run.type === 'Event' ? RETRY_WAITS_MS[run.errors] : undefined;
    if (wait === undefined) {
      this.#end({ ...run, errors: run.errors + 1 }, error, answer);
      return;
    }
    const notBefore = this.#context.clock.now() + this.#context.pace.divided(wait);
    this.#requeue(run, { errors: run.errors + 1, notBefore, error });
  }

  /** No fault of the function: it is run again, a synchronous caller is told. */
  #interrupted(run: Run, why: string): void {
    const interruptions = run.interruptions + 1;
    const message = `A run of ${run.function} ${why}`;
    if (run.type === 'Event' && interruptions <= MOST_INTERRUPTIONS) {
      this.#context.log(`${message}; it is run again`);
      this.#requeue(run, { interruptions });
    } else this.#end(run, { type: 'ServiceException', message });
  }

  #requeue(run: Run, change: Partial<Invocation>): void {
    const { process, definition: _, begun: __, loaded: ___, timedOut: ____, ...rest } = run;
    this.#tables.invocations.put(run.id, { ...rest, ...change, status: 'Queued' });
    this.#forget(process);
  }

  #end(invocation: Invocation, error: InvocationError, answer = errorAnswer(error)): undefined {
    this.#context.store.transaction(() => {
      this.#tables.invocations.update(invocation.id, stored => ({ ...stored, errors: invocation.errors }));
      endInvocation(this.#context, this.#tables, invocation.id, { status: 'Failed', error, answer });
    });
  }

  /** A line of the platform in the function's log. */
  #say({ log, id }: Run, text: string): void {
    const time = new Date(this.#context.clock.now()).toISOString();
    appendFileSync(this.#ports.logs.file(log.group, log.stream), `${time}\t${id}\t${text}\n`);
  }

  #clearAway(id: string, invocation: Invocation | undefined): undefined {
    if (invocation?.process !== undefined) this.#forget(invocation.process);
    this.#tables.active.delete(id);
  }

  #forget(process: string): void {
    clear(this.#context, { process });
    if (this.#ports.processes.status(process).state === 'exited') this.#ports.processes.forget(process);
  }
}

function errorAnswer({ type, message }: InvocationError): string {
  return JSON.stringify({ errorType: type, errorMessage: message });
}
