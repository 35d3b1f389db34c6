import { forgetBefore, isWorking } from './forward.ts';
import { publishOutputs } from './outputs.ts';
import { keepsOnDelete } from './policies.ts';
import { isGone, type Leftover, type StackResource } from './resource.ts';
import type { Session } from './session.ts';
import { passOf } from './settle.ts';

/** Deletes all resources of a stack, those first that nothing needs; then ends the deletion or the rollback. */
export function removeAll(session: Session): void {
  const pass = passOf(session.stack);
  const standing = (): StackResource[] => [...session.resources.values()].filter(each => !isGone(each));
  const hasFailed = (each: StackResource): boolean =>
    each.status === 'DELETE_FAILED' && each.settledBy === pass;
  for (const resource of inDeletionOrder(standing())) {
    if (!resource.work && !hasFailed(resource) && !isNeeded(resource, standing()))
      remove(session, resource, pass);
  }
  removeLeftovers(session);
  if (isWorking(session) || session.leftovers.size > 0) return;
  const failed = standing().map(each => each.logicalId);
  const reason =
    failed.length > 0 ? `The following resource(s) failed to delete: [${failed.join(', ')}]. ` : undefined;
  if (session.stack.status === 'DELETE_IN_PROGRESS') endDeletion(session, reason);
  else session.setStatus(reason ? 'ROLLBACK_FAILED' : 'ROLLBACK_COMPLETE', reason);
  forgetBefore(session);
}

function remove(session: Session, resource: StackResource, pass: string): void {
  const { operation } = session.stack;
  const keep = keepsOnDelete(resource, { rollingBackItsCreation: operation.kind === 'create' });
  if (resource.physicalId === undefined) session.setResource(resource, 'DELETE_COMPLETE');
  else if (keep || operation.retain?.includes(resource.logicalId))
    session.setResource(resource, 'DELETE_SKIPPED');
  else {
    const work = {
      kind: 'delete' as const,
      token: `${pass}/${resource.logicalId}`,
      properties: resource.properties,
    };
    session.setResource({ ...resource, work }, 'DELETE_IN_PROGRESS');
  }
}

function endDeletion(session: Session, reason: string | undefined): void {
  if (reason) {
    session.setStatus('DELETE_FAILED', reason);
    return;
  }
  publishOutputs(session, []);
  session.setStatus('DELETE_COMPLETE', undefined, { deletedAt: session.now });
}

/** Deletes what an update left over, then ends the update or its rollback. */
export function cleanUp(session: Session): void {
  removeLeftovers(session);
  if (session.leftovers.size > 0) return;
  const back = session.stack.status === 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS';
  session.setStatus(back ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_COMPLETE');
}

/** What cannot be deleted is told and forgotten, as in AWS. */
function removeLeftovers(session: Session): void {
  const pass = `${session.stack.operation.id}/clean`;
  const standing = (): Leftover[] => [...session.leftovers.values()];
  for (const leftover of inDeletionOrder(standing())) {
    if (leftover.work || isNeeded(leftover, standing())) continue;
    if (leftover.keep) {
      session.setLeftover(leftover, 'DELETE_SKIPPED');
      session.dropLeftover(leftover.key);
    } else {
      const work = {
        kind: 'delete' as const,
        token: `${pass}/${leftover.key}`,
        properties: leftover.properties,
      };
      session.setLeftover({ ...leftover, work }, 'DELETE_IN_PROGRESS');
    }
  }
}

function isNeeded(resource: StackResource, standing: readonly StackResource[]): boolean {
  return standing.some(
    each =>
      each.logicalId !== resource.logicalId && !isGone(each) && each.dependsOn.includes(resource.logicalId),
  );
}

/** Those that need others come before them, so that one look finds all that can go now. */
function inDeletionOrder<R extends StackResource | Leftover>(resources: R[]): R[] {
  const depth = new Map<string, number>();
  const byId = new Map(resources.map(each => [each.logicalId, each]));
  const depthOf = (logicalId: string): number => {
    const known = depth.get(logicalId);
    if (known !== undefined) return known;
    depth.set(logicalId, 0);
    const needs = byId.get(logicalId)?.dependsOn.filter(need => byId.has(need)) ?? [];
    const value = 1 + Math.max(0, ...needs.map(depthOf));
    depth.set(logicalId, value);
    return value;
  };
  return resources.toSorted((a, b) => depthOf(b.logicalId) - depthOf(a.logicalId));
}
