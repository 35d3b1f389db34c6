import { type Evaluation, TemplateError } from '@slipway/assembly';
import { messageOf } from '../../core/errors.ts';
import { needsUpdate } from './changes.ts';
import { valuesOf } from './evaluations.ts';
import { conflictingExport, publishOutputs } from './outputs.ts';
import { keepsOnDelete, retainOf } from './policies.ts';
import { type Snapshot, type StackResource, snapshotOf } from './resource.ts';
import type { Session } from './session.ts';
import { goal } from './stack.ts';

/** Brings a stack towards its goal: starts what can start, and ends the pass when all is done or something failed. */
export function goForward(session: Session, evaluation: Evaluation): void {
  if (!session.stack.operation.failure) startReady(session, evaluation);
  if (isWorking(session)) return;
  if (session.stack.operation.failure) giveUp(session);
  else complete(session, evaluation);
}

export function isWorking(session: Session): boolean {
  return [...session.resources.values()].some(resource => resource.work);
}

function startReady(session: Session, evaluation: Evaluation): void {
  const pass = session.stack.operation.id;
  const isDone = (logicalId: string): boolean => session.resources.get(logicalId)?.settledBy === pass;
  for (const logicalId of evaluation.waves.flat()) {
    if (session.stack.operation.failure) return;
    if (isDone(logicalId) || session.resources.get(logicalId)?.work) continue;
    if (evaluation.graph.get(logicalId)?.every(isDone)) start(session, evaluation, logicalId);
  }
}

function start(session: Session, evaluation: Evaluation, logicalId: string): void {
  const { operation } = session.stack;
  const definition = evaluation.definition(logicalId);
  const { tags } = goal(session.stack);
  const existing = session.resources.get(logicalId);
  const template = {
    dependsOn: [...(evaluation.graph.get(logicalId) ?? [])],
    retainOnDelete: retainOf(definition.deletionPolicy),
    retainOnReplace: retainOf(definition.updateReplacePolicy),
    tags,
  };
  try {
    const { properties, metadata } = evaluation.resource(logicalId, valuesOf(session.resources));
    const written = { ...template, ...(metadata === undefined ? {} : { metadata }) };
    const token = `${operation.id}/${logicalId}`;
    if (!existing || existing.physicalId === undefined) {
      const { type } = definition;
      const work = { kind: 'create' as const, token, properties };
      const fresh = { logicalId, type, properties, attributes: {}, updatedAt: session.now, before: null };
      session.setResource({ ...fresh, ...written, work, status: 'CREATE_IN_PROGRESS' }, 'CREATE_IN_PROGRESS');
      return;
    }
    const { metadata: _old, ...rest } = existing;
    const before = snapshotOf(existing as StackResource & Snapshot);
    if (needsUpdate(existing, { properties }, tags)) {
      const work = { kind: 'update' as const, token, properties };
      session.setResource({ ...rest, ...written, work, before }, 'UPDATE_IN_PROGRESS');
    } else {
      session.putResource({ ...rest, ...written, before, settledBy: operation.id });
    }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const type = existing?.type ?? definition.type;
    const row = existing ?? {
      logicalId,
      type,
      properties: {},
      attributes: {},
      updatedAt: session.now,
      before: null,
    };
    const failed = existing?.physicalId === undefined ? 'CREATE_FAILED' : 'UPDATE_FAILED';
    session.setResource({ ...template, ...row, status: failed }, failed, error.sentence);
    failOperation(session, `${logicalId} (${type}): ${error.sentence}`);
  }
}

/** Remembers that the operation cannot succeed, and which resource was the first to fail. */
export function failOperation(session: Session, cause: string): void {
  const { operation } = session.stack;
  const failed = [...session.resources.values()].filter(each => each.status.endsWith('_FAILED'));
  const verb = (status: string): string[] =>
    failed.filter(each => each.status === status).map(each => each.logicalId);
  const created = verb('CREATE_FAILED');
  const updated = verb('UPDATE_FAILED');
  const sentences = [
    ...(created.length > 0 ? [`The following resource(s) failed to create: [${created.join(', ')}]. `] : []),
    ...(updated.length > 0 ? [`The following resource(s) failed to update: [${updated.join(', ')}]. `] : []),
  ];
  const failure = sentences.join('') || `${cause}. `;
  session.putStack({
    ...session.stack,
    operation: { ...operation, failure, cause: operation.cause ?? cause },
  });
}

function giveUp(session: Session): void {
  const { operation, onFailure } = session.stack;
  const reason = operation.failure ?? '';
  if (operation.kind === 'update') session.setStatus('UPDATE_ROLLBACK_IN_PROGRESS', reason.trim());
  else if (onFailure === 'DO_NOTHING') session.setStatus('CREATE_FAILED', reason.trim());
  else if (onFailure === 'DELETE')
    session.setStatus('DELETE_IN_PROGRESS', `${reason}Delete requested by user.`);
  else session.setStatus('ROLLBACK_IN_PROGRESS', `${reason}Rollback requested by user.`);
}

function complete(session: Session, evaluation: Evaluation): void {
  const { stack } = session;
  try {
    const outputs = evaluation.outputs(valuesOf(session.resources));
    const conflict = conflictingExport(session, outputs);
    if (conflict) throw new TemplateError(conflict);
    publishOutputs(session, outputs);
    dropUnwanted(session, evaluation);
    forgetBefore(session);
    const { target, ...rest } = stack;
    session.putStack({ ...rest, definition: target ?? stack.definition, outputs });
    session.setStatus(
      stack.operation.kind === 'create' ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    );
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    failOperation(session, messageOf(error.sentence));
    giveUp(session);
  }
}

/** Puts aside what the template no longer has. */
function dropUnwanted(session: Session, evaluation: Evaluation): void {
  for (const resource of [...session.resources.values()]) {
    if (evaluation.graph.has(resource.logicalId)) continue;
    if (resource.physicalId !== undefined) session.leave(resource, keepsOnDelete(resource));
    session.dropResource(resource.logicalId);
  }
}

/** Nothing can be rolled back any more. */
export function forgetBefore(session: Session): void {
  for (const { before: _before, settledBy: _settled, ...resource } of [...session.resources.values()]) {
    session.putResource(resource);
  }
}
