import { createHash } from 'node:crypto';
import type { Context } from '../../core/context.ts';
import type { Leftover, ResourceStatus, StackResource } from './resource.ts';
import { clientToken, type Stack, type StackStatus } from './stack.ts';
import type { Tables } from './tables.ts';

/**
 * A stack and its resources within one transaction: reads see its own writes, and every change of a status is told
 * as a stack event and in the event log.
 */
export class Session {
  readonly context: Context;
  readonly tables: Tables;
  #stack: Stack;
  readonly #resources: Map<string, StackResource>;
  readonly #leftovers: Map<string, Leftover>;

  constructor(context: Context, tables: Tables, stack: Stack) {
    this.context = context;
    this.tables = tables;
    this.#stack = stack;
    const prefix = `${stack.key}/`;
    this.#resources = new Map(tables.resources.values(prefix).map(each => [each.logicalId, each]));
    this.#leftovers = new Map(tables.leftovers.values(prefix).map(each => [each.key, each]));
  }

  get stack(): Stack {
    return this.#stack;
  }

  get resources(): ReadonlyMap<string, StackResource> {
    return this.#resources;
  }

  get leftovers(): ReadonlyMap<string, Leftover> {
    return this.#leftovers;
  }

  get now(): number {
    return this.context.clock.now();
  }

  /** Writes the stack without telling anyone. */
  putStack(stack: Stack): void {
    this.#stack = stack;
    this.tables.stacks.put(stack.key, stack);
  }

  /** Brings the stack to a status, with further changes, and tells it. */
  setStatus(status: StackStatus, reason?: string, changes: Partial<Stack> = {}): void {
    const { reason: _before, ...stack } = this.#stack;
    this.putStack({ ...stack, ...changes, status, ...(reason === undefined ? {} : { reason }) });
    this.#tellStack(status, reason);
  }

  /** Tells that something about the stack could not be, while its status stays. */
  remark(reason: string): void {
    this.putStack({ ...this.#stack, reason });
    this.#tellStack(this.#stack.status, reason);
  }

  /** Writes a resource without telling anyone. */
  putResource(resource: StackResource): void {
    this.#resources.set(resource.logicalId, resource);
    this.tables.resources.put(`${this.#stack.key}/${resource.logicalId}`, resource);
  }

  /** Writes a resource with a new status and tells it. */
  setResource(resource: StackResource, status: ResourceStatus, reason?: string): void {
    this.putResource(this.#changed(resource, status, reason));
  }

  dropResource(logicalId: string): void {
    this.#resources.delete(logicalId);
    this.tables.resources.delete(`${this.#stack.key}/${logicalId}`);
  }

  /** Puts a physical resource aside for the clean-up. */
  leave(resource: StackResource, keep: boolean): void {
    const key = leftoverKey(resource.logicalId, resource.physicalId ?? '');
    const { settledBy: _settled, before: _before, ...rest } = resource;
    this.putLeftover({ ...rest, key, keep });
  }

  putLeftover(leftover: Leftover): void {
    this.#leftovers.set(leftover.key, leftover);
    this.tables.leftovers.put(`${this.#stack.key}/${leftover.key}`, leftover);
  }

  setLeftover(leftover: Leftover, status: ResourceStatus, reason?: string): void {
    this.putLeftover(this.#changed(leftover, status, reason));
  }

  dropLeftover(key: string): void {
    this.#leftovers.delete(key);
    this.tables.leftovers.delete(`${this.#stack.key}/${key}`);
  }

  #changed<R extends StackResource>(resource: R, status: ResourceStatus, reason: string | undefined): R {
    const { reason: _before, ...rest } = resource;
    const changed = {
      ...rest,
      status,
      updatedAt: this.now,
      ...(reason === undefined ? {} : { reason }),
    } as R;
    this.#tell({
      logicalId: resource.logicalId,
      physicalId: resource.physicalId ?? '',
      type: resource.type,
      status,
      reason,
    });
    return changed;
  }

  #tellStack(status: StackStatus, reason: string | undefined): void {
    const { name, id } = this.#stack;
    this.#tell({ logicalId: name, physicalId: id, type: 'AWS::CloudFormation::Stack', status, reason });
  }

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/supported-eventbridge-events.html */
  #tell({ logicalId, physicalId, type, status, reason }: Told): void {
    const { key, id, name, operation } = this.#stack;
    const { store, events } = this.tables;
    const whole = physicalId === id;
    store.events.append({
      source: 'aws.cloudformation',
      'detail-type': `CloudFormation ${whole ? 'Stack' : 'Resource'} Status Change`,
      resources: [id],
      detail: {
        'stack-id': id,
        ...(whole
          ? {}
          : { 'logical-resource-id': logicalId, 'physical-resource-id': physicalId, 'resource-type': type }),
        'status-details': { status, 'status-reason': reason ?? '' },
        'client-request-token': clientToken(operation.token),
      },
    });
    const sequence = store.events.last();
    events.put(`${key}/${String(sequence).padStart(15, '0')}`, {
      eventId: `${logicalId}-${status}-${sequence}`,
      stackKey: key,
      stackId: id,
      stackName: name,
      logicalId,
      physicalId,
      type,
      at: this.now,
      status,
      token: clientToken(operation.token),
      ...(reason === undefined ? {} : { reason }),
    });
  }
}

interface Told {
  logicalId: string;
  physicalId: string;
  type: string;
  status: string;
  reason: string | undefined;
}

export function leftoverKey(logicalId: string, physicalId: string): string {
  return `${logicalId}/${createHash('sha256').update(physicalId).digest('hex').slice(0, 16)}`;
}
