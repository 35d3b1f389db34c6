import type { Clock } from '../../../core/clock.ts';
import type { Provider } from '../actions.ts';

/**
 * Waits for PutApprovalResult, at most as long as the action's timeout (7 days), by the engine's clock, undivided.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html
 */
export function manualApproval(clock: Clock): Provider {
  return {
    step: async run => {
      const expires = run.approval!.expires;
      if (clock.now() < expires) return { state: 'InProgress', again: expires };
      const message = 'The approval timed out: nobody answered it';
      return { state: 'Failed', code: 'JobFailed', message, summary: message };
    },
  };
}
