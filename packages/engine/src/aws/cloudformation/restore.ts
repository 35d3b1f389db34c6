import { isDeepStrictEqual } from 'node:util';
import { isWorking } from './forward.ts';
import { keepsOnDelete } from './policies.ts';
import type { Snapshot, StackResource } from './resource.ts';
import { leftoverKey, type Session } from './session.ts';
import { passOf } from './settle.ts';

/** Brings what a failed update touched back to what it was, each after what it needed then. */
export function restore(session: Session): void {
  const pass = passOf(session.stack);
  const isDone = (logicalId: string): boolean => {
    const resource = session.resources.get(logicalId);
    return resource?.before === undefined || resource.settledBy === pass;
  };
  const ready = (): StackResource[] =>
    [...session.resources.values()].filter(
      each => !each.work && !isDone(each.logicalId) && (each.before?.dependsOn ?? []).every(isDone),
    );
  for (let next = ready(); next.length > 0; next = ready()) {
    for (const resource of next) restoreOne(session, resource, pass);
  }
  if (!isWorking(session)) end(session);
}

function restoreOne(session: Session, resource: StackResource, pass: string): void {
  const { before } = resource;
  if (!before) dropCreated(session, resource);
  else if (before.physicalId !== resource.physicalId) swapBack(session, resource, before);
  else if (isAsBefore(resource, before)) session.putResource(asBefore(resource, before));
  else {
    const work = {
      kind: 'update' as const,
      token: `${pass}/${resource.logicalId}`,
      properties: before.properties,
    };
    session.setResource({ ...resource, work }, 'UPDATE_IN_PROGRESS');
  }
}

/** The update created it: it goes in the clean-up. */
function dropCreated(session: Session, resource: StackResource): void {
  if (resource.physicalId !== undefined) {
    session.leave(resource, keepsOnDelete(resource, { rollingBackItsCreation: true }));
  }
  session.dropResource(resource.logicalId);
}

/** The update replaced it: the old one is still there, the new one goes in the clean-up. */
function swapBack(session: Session, resource: StackResource, before: Snapshot): void {
  session.dropLeftover(leftoverKey(resource.logicalId, before.physicalId));
  session.leave(resource, false);
  session.setResource(asBefore(resource, before), 'UPDATE_COMPLETE');
}

function isAsBefore(resource: StackResource, before: Snapshot): boolean {
  return (
    resource.status !== 'UPDATE_FAILED' &&
    isDeepStrictEqual(resource.properties, before.properties) &&
    isDeepStrictEqual(resource.tags, before.tags)
  );
}

function asBefore(resource: StackResource, before: Snapshot): StackResource {
  const { before: _before, settledBy: _settled, metadata: _metadata, reason: _reason, ...rest } = resource;
  return { ...rest, ...before };
}

function end(session: Session): void {
  const failed = [...session.resources.values()].filter(each => each.before !== undefined);
  if (failed.length > 0) {
    const names = failed.map(each => each.logicalId).join(', ');
    session.setStatus('UPDATE_ROLLBACK_FAILED', `The following resource(s) failed to update: [${names}]. `);
    return;
  }
  const { target: _target, ...stack } = session.stack;
  session.putStack(stack);
  session.setStatus('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
}
