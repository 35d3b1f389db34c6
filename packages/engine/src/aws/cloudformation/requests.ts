import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { ResourceHandlers } from '../../core/resource.ts';
import { hasChanges } from './changes.ts';
import { Definitions, type StackRequest } from './definitions.ts';
import type { Evaluations } from './evaluations.ts';
import { isGone } from './resource.ts';
import { Session } from './session.ts';
import { isInProgress, type Operation, type Stack } from './stack.ts';
import { exportInUse, findStack, type Tables } from './tables.ts';
import { asValidationError, checkStackName } from './validation.ts';

export interface DeleteStackRequest {
  token: string;
  /** Name or ARN. */
  stack: string;
  region: string;
  retain?: string[];
  /** In place of the role that the stack remembers. */
  roleArn?: string | undefined;
}

export interface RequestsOptions {
  context: Context;
  tables: Tables;
  evaluations: Evaluations;
  handlers(): ResourceHandlers;
  hasRole(arn: string): boolean;
  /** Has the controller look at a stack. */
  watch(stackKey: string): void;
}

const UPDATABLE = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];

/**
 * Accepts or refuses what is asked of a stack. What it accepts is written as an operation under way, which the
 * controller carries out; what it refuses is an AwsError with AWS's sentence, and nothing was written.
 */
export class Requests {
  readonly #context: Context;
  readonly #tables: Tables;
  readonly #options: RequestsOptions;
  readonly #definitions: Definitions;

  constructor(options: RequestsOptions) {
    this.#context = options.context;
    this.#tables = options.tables;
    this.#options = options;
    this.#definitions = new Definitions(options);
  }

  /** Starts to create a stack. The same token is the same stack. */
  create(request: StackRequest): Stack {
    return this.#once(request.token, () => {
      checkStackName(request.stackName);
      if (findStack(this.#tables, request.region, request.stackName)) {
        throw new AwsError('AlreadyExistsException', `Stack [${request.stackName}] already exists`);
      }
      const stack = this.#newStack(request);
      const { description, missing } = this.#definitions.check(stack, stack.definition);
      const session = new Session(this.#context, this.#tables, stack);
      const operation = missing ? { ...stack.operation, failure: missing } : stack.operation;
      session.setStatus('CREATE_IN_PROGRESS', 'User Initiated', { operation, ...description });
      return session.stack;
    });
  }

  /** Starts to update a stack. Throws `No updates are to be performed.` when nothing would change. */
  update(request: StackRequest): Stack {
    return this.#once(request.token, () => {
      const stack = this.find(request.stackName, request.region);
      if (!UPDATABLE.includes(stack.status)) {
        throw new AwsError(
          'ValidationError',
          `Stack:${stack.id} is in ${stack.status} state and can not be updated.`,
        );
      }
      const target = this.#definitions.make(request, stack.definition);
      const session = new Session(this.#context, this.#tables, stack);
      const { evaluation, description, missing } = this.#definitions.check(stack, target);
      const retyped = [...evaluation.graph.keys()].filter(logicalId => {
        const existing = session.resources.get(logicalId);
        return existing && existing.type !== evaluation.definition(logicalId).type;
      });
      if (retyped.length > 0) {
        throw new AwsError(
          'ValidationError',
          `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${retyped.join(', ')}]`,
        );
      }
      if (!missing && !asValidationError(() => hasChanges(stack, target, evaluation, session.resources))) {
        throw new AwsError('ValidationError', 'No updates are to be performed.');
      }
      const { description: _old, ...rest } = stack;
      const operation = {
        ...this.#operation(request.token, 'update'),
        ...(missing ? { failure: missing } : {}),
      };
      session.putStack({ ...rest, target, operation, updatedAt: session.now, ...description });
      session.setStatus('UPDATE_IN_PROGRESS', 'User Initiated');
      return session.stack;
    });
  }

  /**
   * Starts to delete a stack; undefined when there is none, which AWS takes as done. A stack whose exports are in use
   * stays as it is and says why in its status reason, as in AWS.
   */
  delete({ token, stack: nameOrId, region, retain = [], roleArn }: DeleteStackRequest): Stack | undefined {
    const known = findStack(this.#tables, region, nameOrId);
    if (!known || known.status === 'DELETE_COMPLETE') return undefined;
    return this.#once(token, () => {
      const session = new Session(this.#context, this.#tables, known);
      if (known.status === 'DELETE_IN_PROGRESS') return known;
      this.#checkDeletable(known, retain);
      this.#checkRole(roleArn ?? known.definition.roleArn);
      const inUse = known.outputs
        .flatMap(output => exportInUse(this.#tables, known, output.exportName ?? '', 'deleted') ?? [])
        .at(0);
      if (inUse) {
        session.remark(inUse);
        return session.stack;
      }
      this.#supersede(known);
      const { target: _target, ...rest } = known;
      session.putStack({ ...rest, operation: { ...this.#operation(token, 'delete'), retain } });
      session.setStatus('DELETE_IN_PROGRESS', 'User Initiated');
      return session.stack;
    });
  }

  /** Tries again to bring a stack in UPDATE_ROLLBACK_FAILED back; resources to skip are taken as they are. */
  continueRollback({ token, stack: nameOrId, region }: DeleteStackRequest, skip: string[]): Stack {
    return this.#once(token, () => {
      const stack = this.find(nameOrId, region);
      if (stack.status !== 'UPDATE_ROLLBACK_FAILED') {
        throw new AwsError(
          'ValidationError',
          `Stack:${stack.id} is in ${stack.status} state and can not continue its rollback.`,
        );
      }
      const session = new Session(this.#context, this.#tables, {
        ...stack,
        operation: this.#operation(token, 'update'),
      });
      for (const logicalId of skip) {
        const resource = session.resources.get(logicalId);
        if (resource?.status !== 'UPDATE_FAILED') {
          throw new AwsError('ValidationError', `${logicalId} is no resource whose update failed`);
        }
        const { before: _before, ...kept } = resource;
        session.setResource(kept, 'UPDATE_COMPLETE', 'Resource skipped by user');
      }
      session.setStatus('UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated');
      return session.stack;
    });
  }

  /** The stack of that name or ARN. Throws AWS's ValidationError when there is none. */
  find(nameOrId: string, region: string): Stack {
    const stack = findStack(this.#tables, region, nameOrId);
    if (stack) return stack;
    throw new AwsError('ValidationError', `Stack [${nameOrId.slice(0, 1024)}] does not exist`);
  }

  /** Runs `start` in a transaction and records its operation, unless the token was used before. */
  #once(token: string, start: () => Stack): Stack {
    return this.#tables.store.transaction(() => {
      const record = this.#tables.operations.get(token);
      const earlier = record?.stackKey ? this.#tables.stacks.get(record.stackKey) : undefined;
      if (earlier) return earlier;
      const stack = start();
      this.#options.watch(stack.key);
      const refused = stack.operation.token !== token;
      this.#tables.operations.put(token, {
        token,
        stackKey: stack.key,
        stackId: stack.id,
        status: refused ? 'FAILED' : 'IN_PROGRESS',
        ...(refused ? { message: stack.reason ?? `${stack.name} is in ${stack.status}` } : {}),
        changed: !refused,
        outputs: {},
      });
      return stack;
    });
  }

  #newStack(request: StackRequest): Stack {
    const { stackName: name, region, token } = request;
    const { account, ids, clock } = this.#context;
    const uuid = ids.uuid();
    return {
      key: `${region}/${name}/${uuid}`,
      name,
      id: `arn:aws:cloudformation:${region}:${account}:stack/${name}/${uuid}`,
      region,
      account,
      status: 'CREATE_IN_PROGRESS',
      createdAt: clock.now(),
      definition: this.#definitions.make(request, undefined),
      outputs: [],
      onFailure: request.onFailure ?? 'ROLLBACK',
      terminationProtection: request.terminationProtection ?? false,
      operation: this.#operation(token, 'create'),
    };
  }

  #operation(token: string, kind: Operation['kind']): Operation {
    return { id: this.#context.ids.uuid(), token, kind };
  }

  #checkDeletable(stack: Stack, retain: string[]): void {
    if (stack.terminationProtection) {
      throw new AwsError(
        'ValidationError',
        `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`,
      );
    }
    if (isInProgress(stack) && stack.status !== 'CREATE_IN_PROGRESS') {
      throw new AwsError(
        'ValidationError',
        `Stack:${stack.id} is in ${stack.status} state and can not be deleted.`,
      );
    }
    if (retain.length === 0) return;
    if (stack.status !== 'DELETE_FAILED') {
      throw new AwsError(
        'ValidationError',
        `Invalid operation on stack [${stack.name}]. ResourcesToRetain is only for a stack in DELETE_FAILED`,
      );
    }
    const resources = this.#tables.resources.values(`${stack.key}/`).filter(each => !isGone(each));
    const unknown = retain.find(logicalId => !resources.some(each => each.logicalId === logicalId));
    if (unknown)
      throw new AwsError('ValidationError', `Resource ${unknown} does not exist for stack ${stack.name}`);
  }

  /** Nothing is deleted with a role that is gone: the stack remembers it all the same. */
  #checkRole(arn: string | undefined): void {
    if (arn === undefined || this.#options.hasRole(arn)) return;
    throw new AwsError('ValidationError', `Role ${arn} is invalid or cannot be assumed`);
  }

  /** A stack that is deleted while it is created: its creation ends here. */
  #supersede(stack: Stack): void {
    const record = this.#tables.operations.get(stack.operation.token);
    if (record?.status !== 'IN_PROGRESS') return;
    this.#tables.operations.put(record.token, {
      ...record,
      status: 'FAILED',
      message: 'The stack was deleted meanwhile.',
    });
  }
}
