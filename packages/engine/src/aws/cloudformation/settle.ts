import { messageOf } from '../../core/errors.ts';
import type { ResourceResult } from '../../core/resource.ts';
import { failOperation } from './forward.ts';
import type { StackResource, Work } from './resource.ts';
import type { Session } from './session.ts';
import type { Stack } from './stack.ts';

/** How a handler's call ended. */
export interface Outcome {
  token: string;
  /** Missing for a delete that succeeded. */
  result?: ResourceResult;
  error?: unknown;
}

/**
 * What a resource's `settledBy` says: the operation and the way it was going then, so that on a way back everything
 * is looked at again.
 */
export function passOf({ operation, status }: Stack): string {
  if (status === 'UPDATE_ROLLBACK_IN_PROGRESS') return `${operation.id}/back`;
  if (status === 'ROLLBACK_IN_PROGRESS' || status === 'DELETE_IN_PROGRESS') return `${operation.id}/remove`;
  return operation.id;
}

/** Writes how a handler's call ended; an outcome that nobody waits for is left alone. */
export function settle(session: Session, outcome: Outcome): void {
  const resource = [...session.resources.values()].find(each => each.work?.token === outcome.token);
  if (resource?.work) settleResource(session, resource, resource.work, outcome);
  const leftover = [...session.leftovers.values()].find(each => each.work?.token === outcome.token);
  if (!leftover) return;
  const failed = 'error' in outcome;
  session.setLeftover(
    leftover,
    failed ? 'DELETE_FAILED' : 'DELETE_COMPLETE',
    failed ? messageOf(outcome.error) : undefined,
  );
  session.dropLeftover(leftover.key);
}

function settleResource(session: Session, resource: StackResource, work: Work, outcome: Outcome): void {
  const { work: _work, ...rest } = resource;
  const settled = { ...rest, settledBy: passOf(session.stack) };
  if ('error' in outcome) settleFailure(session, settled, work, outcome.error);
  else if (work.kind === 'delete') session.setResource(settled, 'DELETE_COMPLETE');
  else settleSuccess(session, settled, work, outcome.result as ResourceResult);
}

function settleSuccess(session: Session, resource: StackResource, work: Work, result: ResourceResult): void {
  const replaced = resource.physicalId !== undefined && resource.physicalId !== result.physicalId;
  if (replaced) session.leave({ ...resource, ...resource.before }, resource.retainOnReplace === 'yes');
  const done: StackResource = {
    ...resource,
    physicalId: result.physicalId,
    attributes: result.attributes,
    properties: work.properties,
  };
  if (session.stack.status === 'UPDATE_ROLLBACK_IN_PROGRESS') {
    const { before, settledBy: _settled, metadata: _metadata, ...back } = done;
    const { physicalId: _id, attributes: _attributes, ...written } = before ?? resource;
    session.setResource({ ...back, ...written } as StackResource, 'UPDATE_COMPLETE');
    return;
  }
  session.setResource(done, work.kind === 'create' ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE');
}

/** A failed update may have been carried out in part, so what was tried is what there is. */
function settleFailure(session: Session, resource: StackResource, work: Work, error: unknown): void {
  const reason = messageOf(error);
  const made = work.kind === 'create' ? physicalIdOf(error) : undefined;
  const failed: StackResource = {
    ...resource,
    ...(made === undefined ? {} : { physicalId: made }),
    ...(work.kind === 'update' ? { properties: work.properties } : {}),
  };
  session.setResource(
    failed,
    `${work.kind === 'create' ? 'CREATE' : work.kind === 'update' ? 'UPDATE' : 'DELETE'}_FAILED`,
    reason,
  );
  if (session.stack.status === 'CREATE_IN_PROGRESS' || session.stack.status === 'UPDATE_IN_PROGRESS') {
    failOperation(session, `${resource.logicalId} (${resource.type}): ${reason}`);
  }
}

/** A handler that made something before it failed says so with `physicalId` on its error; then it is deleted. */
function physicalIdOf(error: unknown): string | undefined {
  const id = error instanceof Error && 'physicalId' in error ? error.physicalId : undefined;
  return typeof id === 'string' ? id : undefined;
}
