import type { EndStatus, Phase, PhaseType } from './runner/job.ts';

/** Phases that the runner tells of. */
export const RUNNER_PHASES: PhaseType[] = [
  'DOWNLOAD_SOURCE',
  'INSTALL',
  'PRE_BUILD',
  'BUILD',
  'POST_BUILD',
  'UPLOAD_ARTIFACTS',
  'FINALIZING',
];

/** Ends the phase that is under way, if any; with the failure, where it is one. */
export function closed(
  phases: Phase[],
  end: number,
  status: EndStatus = 'SUCCEEDED',
  message?: string,
): Phase[] {
  return phases.map(phase => {
    if (phase.status !== undefined) return phase;
    const context =
      status === 'SUCCEEDED' || message === undefined ? {} : { context: { code: 'CLIENT_ERROR', message } };
    return { ...phase, end, status, ...context };
  });
}
