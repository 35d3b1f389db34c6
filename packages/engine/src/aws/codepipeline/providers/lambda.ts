import type { ActionRun } from '../action.ts';
import type { Provider } from '../actions.ts';
import type { Outcome } from '../complete-action.ts';
import { ACTION_LIMIT_MS, beginJob, JOB_LIMIT_MS, type Job, jobData } from '../job.ts';
import type { CodePipelinePorts } from '../ports.ts';
import type { Scene } from '../scene.ts';

/**
 * Invokes a Lambda function, which answers by PutJobSuccessResult or PutJobFailureResult: those write the outcome, here
 * the function is invoked and its limits are held.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html
 */
export function lambdaInvoke(
  scene: Scene,
  ports: Pick<CodePipelinePorts, 'functions' | 'credentials'>,
): Provider {
  const { context, tables } = scene;
  const { functions } = ports;
  return {
    step: async run => {
      const job = run.job === undefined ? undefined : tables.jobs.get(run.job);
      if (!job) {
        context.store.transaction(() => beginJob(scene, run));
        return { state: 'InProgress' };
      }
      return job.invocation === undefined ? invoke(run, job) : look(run, job, job.invocation);
    },
  };

  function invoke(run: ActionRun, job: Job): Outcome {
    if (context.clock.now() < job.notBefore) return { state: 'InProgress', again: job.notBefore };
    const invocation = functions.invoke({
      token: `${run.key}/${job.number}`,
      functionName: run.configuration.FunctionName!,
      event: {
        'CodePipeline.job': {
          id: job.id,
          accountId: context.account,
          data: jobData(scene, ports, { job, run }),
        },
      },
    });
    tables.jobs.put(job.id, { ...job, invocation });
    return { state: 'InProgress', ...(run.externalId === undefined && { externalId: invocation }) };
  }

  /** No answer yet: until the function has failed for good, or a limit is over. */
  function look(run: ActionRun, job: Job, id: string): Outcome {
    const called = run.configuration.FunctionName;
    const invocation = functions.invocation(id);
    if (!invocation)
      return failed(`The invocation ${id} of the AWS Lambda function ${called} does not exist any more`);
    if (invocation.status === 'Failed') {
      const { type, message } = invocation.error ?? { type: 'Error', message: 'it failed' };
      return failed(`The AWS Lambda function ${called} failed: ${type}: ${message}`, invocation.logTail);
    }
    const now = context.clock.now();
    const until = Math.min(job.started + JOB_LIMIT_MS, run.started + ACTION_LIMIT_MS);
    if (now < until) return { state: 'InProgress', again: until };
    return failed(
      `The AWS Lambda function ${called} failed to return a result. Check the function to verify that it has permission to call the PutJobSuccessResult action and that it made a call to PutJobSuccessResult.`,
      invocation.logTail,
    );
  }
}

function failed(message: string, lines: string[] = []): Outcome {
  return { state: 'Failed', code: 'JobFailed', message: [message, ...lines].join('\n') };
}
