import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../../core/errors.ts';
import type { ActionRun } from './action.ts';
import { type Outcome, recordOutcome } from './complete-action.ts';
import { beginJob, type Job, jobOf } from './job.ts';
import type { Scene } from './scene.ts';

const MAX_TOKEN = 2048;
const MAX_TEXT = 5000;
/** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const MAX_VARIABLES_BYTES = 122_880;

// biome-ignore lint/suspicious/noExplicitAny: requests as AWS names their members; each is checked here
type Input = any;

/**
 * A function's answer to its job: the action has succeeded, with variables for later actions, or it goes on and the
 * function is invoked again with the continuation token.
 * https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html
 */
export function putJobSuccess(scene: Scene, input: Input): void {
  const { continuationToken: token, outputVariables, executionDetails } = input;
  const variables = readVariables(outputVariables);
  const outside = readOutside(executionDetails);
  if (token !== undefined && (typeof token !== 'string' || token === '' || token.length > MAX_TOKEN))
    throw invalid(`continuationToken must have 1 to ${MAX_TOKEN} characters`);
  if (token !== undefined && outputVariables !== undefined)
    throw invalid('outputVariables can be given only without a continuationToken');
  answer(
    scene,
    input.jobId,
    { status: token === undefined ? 'Succeeded' : 'Continued', input },
    (job, run) => {
      recordOutcome(
        scene,
        run.key,
        token === undefined
          ? { state: 'Succeeded', ...outside, variables }
          : { state: 'InProgress', ...outside },
      );
      if (token !== undefined)
        beginJob(scene, scene.tables.actions.get(run.key)!, { number: job.number, token });
    },
  );
}

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobFailureResult.html */
export function putJobFailure(scene: Scene, input: Input): void {
  const { type, message, externalExecutionId } = input.failureDetails ?? {};
  if (!FAILURES.includes(type)) throw invalid(`failureDetails.type must be one of ${FAILURES.join(', ')}`);
  if (typeof message !== 'string' || message === '' || message.length > MAX_TEXT)
    throw invalid(`failureDetails.message must have 1 to ${MAX_TEXT} characters`);
  const outcome: Outcome = {
    state: 'Failed',
    code: type,
    message,
    ...readOutside({ externalExecutionId }),
  };
  answer(scene, input.jobId, { status: 'Failed', input }, (_, run) => recordOutcome(scene, run.key, outcome));
}

const FAILURES = [
  'JobFailed',
  'ConfigurationError',
  'PermissionError',
  'RevisionOutOfSync',
  'RevisionUnavailable',
  'SystemUnavailable',
];

/** Takes an answer once. The same answer may come again: a client whose response was lost asks once more. */
function answer(
  scene: Scene,
  id: unknown,
  given: { status: Job['status']; input: Input },
  take: (job: Job, run: ActionRun) => void,
): void {
  const { context, tables } = scene;
  context.store.transaction(() => {
    const { job, run } = jobOf(scene, id);
    const text = JSON.stringify(given.input);
    if (job.answer !== undefined && isDeepStrictEqual(JSON.parse(job.answer), JSON.parse(text))) return;
    if (job.status !== 'InProgress' || run.status !== 'InProgress' || run.job !== job.id)
      throw new AwsError(
        'InvalidJobStateException',
        `The job '${job.id}' is not in progress: its action is ${run.status}`,
      );
    tables.jobs.put(job.id, { ...job, status: given.status, answer: text });
    take(job, run);
  });
}

function readVariables(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  const entries = Object.entries(value);
  const odd = entries.find(([name, each]) => !/^[A-Za-z0-9@_-]+$/.test(name) || typeof each !== 'string');
  if (odd) throw invalid(`The output variable '${odd[0]}' must be named [A-Za-z0-9@\\-_]+ and be a string`);
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_VARIABLES_BYTES)
    throw new AwsError(
      'OutputVariablesSizeExceededException',
      `The output variables exceed the limit of ${MAX_VARIABLES_BYTES} bytes`,
    );
  return Object.fromEntries(entries);
}

function readOutside(details: unknown): { externalId?: string; summary?: string } {
  const { externalExecutionId, summary } = (details ?? {}) as Record<string, unknown>;
  return {
    ...(typeof externalExecutionId === 'string' && { externalId: externalExecutionId.slice(0, 1500) }),
    ...(typeof summary === 'string' && { summary: summary.slice(0, 2048) }),
  };
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
