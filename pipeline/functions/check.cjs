/**
 * The check that a new version passes before any user meets it. The deployment's controller calls it when the test
 * listener leads to the new tasks: CodeDeploy at AfterAllowTestTraffic, which is told the verdict by a call, or ECS at
 * POST_TEST_TRAFFIC_SHIFT, which takes it as the answer (`hookStatus`). A failed check rolls the deployment back. It is
 * the platform's own code: no commit of a team can change what its release is asked.
 *
 * Environment: TEST_URL (the test listener's address), TEST_LISTENER (its ARN).
 */
const {
  CodeDeployClient,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  PutLifecycleEventHookExecutionStatusCommand,
} = require('@aws-sdk/client-codedeploy');
const {
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
} = require('@aws-sdk/client-ecs');

const ATTEMPTS = 3;
const PAUSE_MS = 500;
const TIMEOUT_MS = 5000;

exports.handler = async event => ('DeploymentId' in event ? checkForCodeDeploy(event) : checkForEcs(event));

async function checkForCodeDeploy({ DeploymentId, LifecycleEventHookExecutionId }) {
  const codedeploy = new CodeDeployClient({});
  const isGood = await passes(() => byCodeDeploy(codedeploy, DeploymentId));
  await codedeploy.send(
    new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId: DeploymentId,
      lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
      status: isGood ? 'Succeeded' : 'Failed',
    }),
  );
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html */
async function checkForEcs(event) {
  const isGood = await passes(() => byEcs(event.executionDetails ?? event));
  return { hookStatus: isGood ? 'SUCCEEDED' : 'FAILED' };
}

/** Whether the new version answers as it should; what is wrong is logged, a sentence each. */
async function passes(newVersion) {
  const faults = await newVersion()
    .then(findFaults)
    .catch(error => [error.message]);
  console.log(faults.length === 0 ? 'The new version answers as it should.' : faults.join('\n'));
  return faults.length === 0;
}

async function findFaults({ path, checks, commit, isSeed }) {
  if (isSeed) return [];
  const base = await testUrl();
  const identity = fault(`${base}${path}/json`, async answer => {
    const told = await answer.json();
    return told.commit === commit ? undefined : `is of commit ${told.commit}, not of ${commit}`;
  });
  const pages = checks.map(check => fault(`${base}${check}`, () => undefined));
  return (await Promise.all([identity, ...pages])).filter(each => each !== undefined);
}

/** The task set that a deployment made carries the deployment's id. */
async function byCodeDeploy(codedeploy, deploymentId) {
  const { deploymentInfo } = await codedeploy.send(new GetDeploymentCommand({ deploymentId }));
  const { applicationName, deploymentGroupName } = deploymentInfo;
  const group = await codedeploy.send(
    new GetDeploymentGroupCommand({ applicationName, deploymentGroupName }),
  );
  const [{ clusterName, serviceName }] = group.deploymentGroupInfo.ecsServices;
  const ecs = new ECSClient({});
  const described = await ecs.send(
    new DescribeServicesCommand({ cluster: clusterName, services: [serviceName] }),
  );
  const set = described.services[0]?.taskSets?.find(each => each.externalId === deploymentId);
  if (!set) throw new Error(`${serviceName} has no task set of deployment ${deploymentId}`);
  return toldBy(ecs, set.taskDefinition, serviceName);
}

/** The service revision that ECS deploys. Its first one is a seed, which has no commit and nothing to be asked. */
async function byEcs({ serviceArn, targetServiceRevisionArn }) {
  const ecs = new ECSClient({});
  const { serviceRevisions } = await ecs.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: [targetServiceRevisionArn] }),
  );
  const revision = serviceRevisions?.[0];
  if (!revision) throw new Error(`There is no service revision ${targetServiceRevisionArn}`);
  const told = await toldBy(ecs, revision.taskDefinition, serviceArn.slice(serviceArn.lastIndexOf('/') + 1));
  return { ...told, isSeed: told.commit === '' };
}

async function toldBy(ecs, revision, container) {
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: revision }));
  const { environment } = taskDefinition.containerDefinitions.find(({ name }) => name === container);
  const variable = name => environment.find(each => each.name === name)?.value ?? '';
  return {
    path: variable('SLIPWAY_PATH'),
    checks: variable('SLIPWAY_CHECKS').split(' ').filter(Boolean),
    commit: variable('SLIPWAY_COMMIT'),
  };
}

/** Where the test listener answers. Where AWS's services are at another endpoint, a tag of the listener tells. */
async function testUrl() {
  const { TEST_URL, TEST_LISTENER, AWS_ENDPOINT_URL } = process.env;
  if (!AWS_ENDPOINT_URL) return TEST_URL;
  const {
    DescribeTagsCommand,
    ElasticLoadBalancingV2Client,
  } = require('@aws-sdk/client-elastic-load-balancing-v2');
  const { TagDescriptions } = await new ElasticLoadBalancingV2Client({}).send(
    new DescribeTagsCommand({ ResourceArns: [TEST_LISTENER] }),
  );
  return TagDescriptions?.[0]?.Tags?.find(tag => tag.Key === 'slipway:local')?.Value ?? TEST_URL;
}

/** What is wrong with an answer, told with its path; asked again a few times, for a connection may break. */
async function fault(url, inspect) {
  let found;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
    try {
      const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
      found = answer.status === 200 ? await inspect(answer) : `answered ${answer.status}`;
      await answer.body?.cancel().catch(() => undefined);
      if (found === undefined) return undefined;
    } catch (error) {
      found = `did not answer: ${error.cause?.message ?? error.message}`;
    }
  }
  return `${new URL(url).pathname} ${found}`;
}
