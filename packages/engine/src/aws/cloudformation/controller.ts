import { resolveSecrets } from '@slipway/assembly';
import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import { messageOf } from '../../core/errors.ts';
import type { ResourceHandler, ResourceHandlers, ResourceResult, StackRef } from '../../core/resource.ts';
import type { Evaluations } from './evaluations.ts';
import { advance, definitionInForce } from './passes.ts';
import type { StackResource, Work } from './resource.ts';
import { Session } from './session.ts';
import { type Outcome, settle } from './settle.ts';
import { isInProgress, type Stack } from './stack.ts';
import { dropTemplates, type Tables } from './tables.ts';

export interface StackControllerOptions {
  context: Context;
  tables: Tables;
  evaluations: Evaluations;
  handlers(): ResourceHandlers;
}

/**
 * Carries out the operations of stacks. Work is written on the resources' rows before its handler is called and stays
 * there until the outcome is written, so a crash calls the handler again with the same token. What ends in one turn of
 * the event loop is written in one transaction, together with the work that it makes possible.
 */
export class StackController implements Controller {
  readonly name = 'cloudformation stacks';
  readonly #options: StackControllerOptions;
  /** Keys of stacks with an operation under way; read from the store once, then kept. */
  readonly #active: Set<string>;
  readonly #calls = new Set<string>();
  readonly #outcomes = new Map<string, Outcome[]>();
  readonly #stepping = new Set<string>();

  constructor(options: StackControllerOptions) {
    this.#options = options;
    const inProgress = options.tables.stacks.values().filter(isInProgress);
    this.#active = new Set(inProgress.map(stack => stack.key));
  }

  active(): Iterable<string> {
    return [...this.#active];
  }

  /** Has the stack looked at from now on; its request calls this in its transaction. */
  watch(key: string): void {
    this.#active.add(key);
  }

  async step(key: string): Promise<void> {
    this.#stepping.add(key);
    try {
      do {
        this.#advance(key);
        await endOfTurn();
      } while (this.#outcomes.has(key));
    } finally {
      this.#stepping.delete(key);
    }
  }

  /** Writes what ended, takes the stack further and calls the handlers of what is to be done now. */
  #advance(key: string): void {
    const { context, tables, evaluations } = this.#options;
    const stack = tables.stacks.get(key);
    if (!stack || !isInProgress(stack)) {
      this.#active.delete(key);
      this.#outcomes.delete(key);
      return;
    }
    const outcomes = this.#outcomes.get(key) ?? [];
    const session = tables.store.transaction(() => {
      const opened = new Session(context, tables, stack);
      for (const outcome of outcomes) settle(opened, outcome);
      advance(opened, evaluations);
      if (!isInProgress(opened.stack)) this.#end(opened.stack, stack);
      return opened;
    });
    this.#outcomes.delete(key);
    for (const outcome of outcomes) this.#calls.delete(outcome.token);
    if (!isInProgress(session.stack)) this.#active.delete(key);
    for (const resource of [...session.resources.values(), ...session.leftovers.values()]) {
      if (resource.work && !this.#calls.has(resource.work.token))
        this.#call(session.stack, resource, resource.work);
    }
  }

  #call(stack: Stack, resource: StackResource, work: Work): void {
    this.#calls.add(work.token);
    this.#carryOut(stack, resource, work).then(
      result => this.#ended(stack.key, { token: work.token, ...(result ? { result } : {}) }),
      error => this.#ended(stack.key, { token: work.token, error }),
    );
  }

  async #carryOut(stack: Stack, resource: StackResource, work: Work): Promise<ResourceResult | undefined> {
    const { handlers, evaluations } = this.#options;
    const { type, logicalId, physicalId = '' } = resource;
    const known = handlers();
    const handler: ResourceHandler | undefined = Object.hasOwn(known, type) ? known[type] : undefined;
    if (!handler) throw new Error(`${type} (${logicalId}) is not carried out locally`);
    const lookups = evaluations.lookups(stack.region);
    const { tags, roleArn } = definitionInForce(stack);
    const ref: StackRef = {
      name: stack.name,
      id: stack.id,
      region: stack.region,
      account: stack.account,
      tags,
    };
    const request = {
      stack: ref,
      logicalId,
      type,
      properties: resolveSecrets(work.properties, lookups),
      token: work.token,
      ...(roleArn ? { roleArn } : {}),
    };
    if (work.kind === 'create') return handler.create(request);
    if (work.kind === 'update') {
      return handler.update({
        ...request,
        physicalId,
        previous: resolveSecrets(resource.properties, lookups),
      });
    }
    await handler.delete({ ...request, physicalId });
    return undefined;
  }

  #ended(key: string, outcome: Outcome): void {
    const waiting = this.#outcomes.get(key);
    this.#outcomes.set(key, [...(waiting ?? []), outcome]);
    if (waiting || this.#stepping.has(key)) return;
    setImmediate(() => {
      if (this.#stepping.has(key)) return;
      try {
        this.#advance(key);
      } catch (error) {
        this.#options.context.log(`cloudformation: ${key}: ${messageOf(error)}`);
      }
    });
  }

  #end(stack: Stack, begun: Stack): void {
    const { tables, evaluations } = this.#options;
    evaluations.drop(stack);
    dropTemplates(tables, [begun.definition.template, begun.target?.template]);
    const record = tables.operations.get(stack.operation.token);
    if (record?.status !== 'IN_PROGRESS') return;
    const succeeded = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'DELETE_COMPLETE'].includes(stack.status);
    tables.operations.put(record.token, {
      ...record,
      status: succeeded ? 'SUCCEEDED' : 'FAILED',
      ...(succeeded ? {} : { message: describeFailure(stack) }),
      outputs: Object.fromEntries(stack.outputs.map(output => [output.key, output.value])),
    });
  }
}

/** What an operator reads: where the stack ended, and the resource that was the first to fail. */
function describeFailure({ status, reason, operation }: Stack): string {
  const why = operation.cause ?? operation.failure ?? reason ?? '';
  return `The stack ended in ${status}: ${why.trim()}`.replace(/: $/, '');
}

function endOfTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
