import type { EngineEvent } from '../../core/events.ts';
import type { Phase } from './runner/job.ts';
import type { Build } from './tables.ts';

/** https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html#sample-build-notifications-ref */
export function stateChange(build: Build): EngineEvent {
  return {
    source: 'aws.codebuild',
    'detail-type': 'CodeBuild Build State Change',
    resources: [build.arn],
    detail: {
      'build-status': build.status,
      'project-name': build.project,
      'build-id': build.arn,
      'current-phase': build.phase,
      'current-phase-context': build.message === undefined ? '[]' : `[: ${build.message}]`,
      version: '1',
      'additional-information': {
        'build-number': build.number,
        initiator: build.initiator,
        'build-start-time': new Date(build.start).toISOString(),
        logs: { 'group-name': build.log.group, 'stream-name': build.log.stream },
        'source-version': build.sourceVersion,
      },
    },
  };
}

export function phaseChange(build: Build, phase: Phase): EngineEvent {
  const end = phase.end ?? phase.start;
  return {
    source: 'aws.codebuild',
    'detail-type': 'CodeBuild Build Phase Change',
    resources: [build.arn],
    detail: {
      'completed-phase': phase.type,
      'completed-phase-status': phase.status,
      'completed-phase-context': phase.context ? `[${phase.context.code}: ${phase.context.message}]` : '[]',
      'completed-phase-duration-seconds': Math.round((end - phase.start) / 1000),
      'completed-phase-start': new Date(phase.start).toISOString(),
      'completed-phase-end': new Date(end).toISOString(),
      'project-name': build.project,
      'build-id': build.arn,
      version: '1',
      'additional-information': {
        'build-number': build.number,
        initiator: build.initiator,
        logs: { 'group-name': build.log.group, 'stream-name': build.log.stream },
      },
    },
  };
}
