/**
 * Newest wins: once an execution has come as far as an approval, it rejects those that older executions still wait for,
 * so that nobody promotes a stale commit. An action of the pipeline calls it; only this function may answer approvals
 * for a machine, no build may.
 *
 * Parameters: pipeline, execution, commit.
 */
const {
  CodePipelineClient,
  GetPipelineStateCommand,
  ListPipelineExecutionsCommand,
  PutApprovalResultCommand,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} = require('@aws-sdk/client-codepipeline');

const PAUSE_MS = 500;
const MOST_LOOKS = 20;

exports.handler = async event => {
  const { id: jobId, data } = event['CodePipeline.job'];
  const client = new CodePipelineClient({});
  try {
    const parameters = JSON.parse(data.actionConfiguration.configuration.UserParameters);
    for (const each of await rejectOlder(client, parameters))
      console.log(`Execution ${each} waited for an approval: it is superseded.`);
    await client.send(new PutJobSuccessResultCommand({ jobId }));
  } catch (error) {
    const failureDetails = { type: 'JobFailed', message: `Older approvals: ${error.message}` };
    await client.send(new PutJobFailureResultCommand({ jobId, failureDetails }));
  }
};

/** One that waited behind a rejected approval takes its place a moment later, and is rejected as well. */
async function rejectOlder(client, { pipeline, execution, commit }) {
  const rejected = [];
  let expected = [];
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    if (looks > 0) await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
    const older = await olderInProgress(client, pipeline, execution);
    const { stageStates } = await client.send(new GetPipelineStateCommand({ name: pipeline }));
    const gates = stageStates.flatMap(gatesIn).filter(gate => older.includes(gate.execution));
    for (const gate of gates) {
      const result = { status: 'Rejected', summary: `Superseded by ${commit}` };
      await client.send(new PutApprovalResultCommand({ pipelineName: pipeline, ...gate.approval, result }));
      rejected.push(gate.execution);
    }
    expected = [...expected, ...gates.flatMap(gate => gate.behind)].filter(
      id => older.includes(id) && !rejected.includes(id),
    );
    if (expected.length === 0) break;
  }
  return rejected;
}

async function olderInProgress(client, pipelineName, execution) {
  const answer = await client.send(new ListPipelineExecutionsCommand({ pipelineName, maxResults: 100 }));
  const newestFirst = answer.pipelineExecutionSummaries;
  const own = newestFirst.findIndex(each => each.pipelineExecutionId === execution);
  return newestFirst
    .slice(own + 1)
    .filter(each => own >= 0 && each.status === 'InProgress')
    .map(each => each.pipelineExecutionId);
}

/** The approvals that wait in a stage: actions in progress that have a token. */
function gatesIn({ stageName, latestExecution, inboundExecutions = [], actionStates = [] }) {
  return actionStates
    .filter(action => action.latestExecution?.status === 'InProgress' && action.latestExecution.token)
    .map(action => ({
      approval: { stageName, actionName: action.actionName, token: action.latestExecution.token },
      execution: latestExecution.pipelineExecutionId,
      behind: inboundExecutions.map(each => each.pipelineExecutionId),
    }));
}
