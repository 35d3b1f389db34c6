/**
 * Runs a scheduled command as a task of its own, in the version of the service that is live: not in the latest revision
 * of the family, which may be the seed, or a release that is being tested or has failed.
 *
 * Environment: CLUSTER, SERVICE.
 * Event: schedule, execution, command, environment, and cpu and memory where they differ from the service's.
 */
const { createHash } = require('node:crypto');
const {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RunTaskCommand,
} = require('@aws-sdk/client-ecs');

exports.handler = async event => {
  const { CLUSTER: cluster, SERVICE: service } = process.env;
  const ecs = new ECSClient({});
  const live = await liveVersion(ecs, cluster, service);
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: live.taskDefinition }),
  );
  const own = taskDefinition.containerDefinitions.find(({ name }) => name === service);
  if (!own.environment.some(({ name }) => name === 'SLIPWAY_COMMIT')) {
    console.log(`${service} is not released yet: ${event.schedule} is not run.`);
    return;
  }
  const { tasks, failures } = await ecs.send(new RunTaskCommand(request(event, cluster, service, live)));
  if (!tasks?.length) throw new Error(`${event.schedule} was not started: ${JSON.stringify(failures)}`);
  console.log(`${event.schedule} runs as ${tasks[0].taskArn}`);
};

/** The task set that has the production traffic; where ECS deploys, the deployment that is done. */
async function liveVersion(ecs, cluster, service) {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const found = services?.find(({ status }) => status === 'ACTIVE');
  const live = found?.taskSets?.length
    ? found.taskSets.find(({ status }) => status === 'PRIMARY')
    : found?.deployments?.find(({ rolloutState }) => rolloutState === 'COMPLETED');
  if (!live) throw new Error(`${service} does not run in ${cluster}`);
  return live;
}

/** A client token makes the repetition of a delivery harmless. */
function request(event, cluster, service, live) {
  const { schedule, execution, command, cpu, memory, environment = {} } = event;
  const providers = live.capacityProviderStrategy ?? [];
  return {
    cluster,
    taskDefinition: live.taskDefinition,
    networkConfiguration: live.networkConfiguration,
    ...(providers.length > 0 ? { capacityProviderStrategy: providers } : { launchType: live.launchType }),
    ...(live.platformVersion && { platformVersion: live.platformVersion }),
    clientToken: createHash('sha256')
      .update(`${service}/${schedule}/${execution}`)
      .digest('hex')
      .slice(0, 36),
    startedBy: `schedule/${schedule}`.slice(0, 36),
    group: `schedule:${service}`,
    enableECSManagedTags: true,
    propagateTags: 'TASK_DEFINITION',
    overrides: {
      ...(cpu && { cpu: String(cpu), memory: String(memory) }),
      containerOverrides: [
        {
          name: service,
          command,
          environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
        },
      ],
    },
  };
}
