import type { Evaluations } from './evaluations.ts';
import { goForward } from './forward.ts';
import { cleanUp, removeAll } from './removal.ts';
import { restore } from './restore.ts';
import type { Session } from './session.ts';
import { type Definition, goal, isInProgress, type Stack } from './stack.ts';

/** Takes a stack as far as it comes without waiting for a resource: the work that is to be done is on its rows. */
export function advance(session: Session, evaluations: Evaluations): void {
  let status: string;
  do {
    status = session.stack.status;
    pass(session, evaluations);
  } while (session.stack.status !== status);
}

function pass(session: Session, evaluations: Evaluations): void {
  const { stack } = session;
  switch (stack.status) {
    case 'CREATE_IN_PROGRESS':
    case 'UPDATE_IN_PROGRESS':
      goForward(session, evaluations.of(stack, goal(stack)));
      break;
    case 'ROLLBACK_IN_PROGRESS':
    case 'DELETE_IN_PROGRESS':
      removeAll(session);
      break;
    case 'UPDATE_ROLLBACK_IN_PROGRESS':
      restore(session);
      break;
    case 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS':
    case 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS':
      cleanUp(session);
      break;
    default:
  }
}

/** What the handlers are told of the stack: while it goes back, what it was. */
export function definitionInForce(stack: Stack): Definition {
  return isInProgress(stack) && stack.status.startsWith('UPDATE_ROLLBACK') ? stack.definition : goal(stack);
}
