import { AwsError } from '../../core/errors.ts';
import type { ActionRun } from './action.ts';
import type { CodePipelinePorts } from './ports.ts';
import type { Scene } from './scene.ts';
import { putAction } from './tables.ts';

/**
 * What a Lambda function is asked to do for an Invoke action, by id. An action has one job after the other while its
 * function answers with a continuation token. Times are epoch milliseconds.
 */
export interface Job {
  id: string;
  /** The key of the action's run. */
  action: string;
  /** Counts the jobs of the action from 1. */
  number: number;
  status: 'InProgress' | 'Succeeded' | 'Failed' | 'Continued';
  started: number;
  /** Not before this time its function is invoked. */
  notBefore: number;
  /** What the job before it was answered with. */
  continuationToken?: string;
  /** The request id of its function's invocation, once there is one. */
  invocation?: string;
  /** What it was answered with, for a client that asks twice. */
  answer?: string;
}

/** How long a job may go without an answer, undivided. https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
export const JOB_LIMIT_MS = 20 * 60_000;
/** How long the jobs of an action may take all together, undivided. */
export const ACTION_LIMIT_MS = 24 * 3_600_000;
/** The wait before a function is asked to continue; the engine's speed divides it. AWS does not tell its own. */
const CONTINUE_AFTER_MS = 30_000;

/** Begins the first job of an action, or the one that follows with a continuation token. */
export function beginJob(scene: Scene, run: ActionRun, continued?: { number: number; token: string }): Job {
  const { clock, ids, pace } = scene.context;
  const now = clock.now();
  const job: Job = {
    id: ids.uuid(),
    action: run.key,
    number: (continued?.number ?? 0) + 1,
    status: 'InProgress',
    started: now,
    notBefore: continued ? now + pace.divided(CONTINUE_AFTER_MS) : now,
    ...(continued && { continuationToken: continued.token }),
  };
  scene.tables.jobs.put(job.id, job);
  putAction(scene.tables, { ...run, job: job.id });
  return job;
}

/** Throws JobNotFoundException. */
export function jobOf({ tables }: Pick<Scene, 'tables'>, id: unknown): { job: Job; run: ActionRun } {
  const job = typeof id === 'string' ? tables.jobs.get(id) : undefined;
  const run = job && tables.actions.get(job.action);
  if (!job || !run) throw new AwsError('JobNotFoundException', `The job '${String(id)}' was not found`);
  return { job, run };
}

/**
 * What a job is about, in the shape of the API and of the event. The credentials are of the action's role, else of the
 * pipeline's.
 */
export function jobData(
  { context, tables }: Scene,
  { credentials }: Pick<CodePipelinePorts, 'credentials'>,
  { job, run }: { job: Job; run: ActionRun },
) {
  const role = run.declaration.roleArn ?? tables.pipelines.get(run.pipeline)?.declaration.roleArn;
  const session = credentials.environment(role, `AWSCodePipeline-${run.id}`);
  return {
    actionConfiguration: { configuration: run.configuration },
    inputArtifacts: run.inputs.map(artifact),
    outputArtifacts: run.outputs.map(artifact),
    artifactCredentials: {
      accessKeyId: session.AWS_ACCESS_KEY_ID,
      secretAccessKey: session.AWS_SECRET_ACCESS_KEY,
      sessionToken: session.AWS_SESSION_TOKEN,
      expirationTime: context.clock.now() + ACTION_LIMIT_MS,
    },
    ...(job.continuationToken !== undefined && { continuationToken: job.continuationToken }),
  };
}

/** JobDetails of GetJobDetails. Throws JobNotFoundException. */
export function jobDetails(scene: Scene, ports: Pick<CodePipelinePorts, 'credentials'>, id: unknown) {
  const { job, run } = jobOf(scene, id);
  const { artifactCredentials: credentials, ...data } = jobData(scene, ports, { job, run });
  return {
    id: job.id,
    accountId: scene.context.account,
    data: {
      ...data,
      actionTypeId: run.declaration.actionTypeId,
      pipelineContext: {
        pipelineName: run.pipeline,
        pipelineArn: scene.tables.pipelines.get(run.pipeline)?.arn,
        pipelineExecutionId: run.execution,
        stage: { name: run.stage },
        action: { name: run.action, actionExecutionId: run.id },
      },
      artifactCredentials: { ...credentials, expirationTime: new Date(credentials.expirationTime) },
    },
  };
}

function artifact({ name, bucket, key }: ActionRun['inputs'][number]) {
  return {
    name,
    revision: null,
    location: { type: 'S3', s3Location: { bucketName: bucket, objectKey: key } },
  };
}
