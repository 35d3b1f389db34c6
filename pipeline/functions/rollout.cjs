/**
 * Releases a service whose deployments ECS controls, since a template knows no commit and CodePipeline's own ECS action
 * changes nothing but the image. The pipeline calls it twice in a stage:
 *
 * - `prepare`, before the service's stack: makes the newest revision of the family the one that runs, since the template
 *   names the family and CloudFormation deploys its newest revision whenever it touches the service. A service that is
 *   not there yet gets its seed; one that changes its controller is first brought to the colour that the template has.
 * - `release`, behind it: registers the release's task definition, deploys it, and waits until ECS has rolled it out or
 *   back. What failed is deregistered.
 *
 * It works with the service's own release role, so it can change no other service.
 *
 * Parameters: step, service, region, cluster, family, blue (name of the target group), strategy, role, folder (of the
 * artifact).
 */
const { inflateRawSync } = require('node:zlib');
const {
  CodeDeployClient,
  CreateDeploymentCommand,
  GetDeploymentCommand,
} = require('@aws-sdk/client-codedeploy');
const {
  CodePipelineClient,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} = require('@aws-sdk/client-codepipeline');
const {
  DeregisterTaskDefinitionCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} = require('@aws-sdk/client-ecs');
const { GetObjectCommand, S3Client } = require('@aws-sdk/client-s3');
const { AssumeRoleCommand, STSClient } = require('@aws-sdk/client-sts');

const MOST_LOOKS_FOR_DEPLOYMENT = 40;
const MOVES = [
  ...['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED'],
  ...['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'],
];

exports.handler = async event => {
  const { id: jobId, data } = event['CodePipeline.job'];
  const codepipeline = new CodePipelineClient({});
  try {
    const parameters = JSON.parse(data.actionConfiguration.configuration.UserParameters);
    const credentials = await sessionOf(parameters.role, jobId);
    const known = data.continuationToken ? JSON.parse(data.continuationToken) : {};
    const scene = {
      ...parameters,
      ecs: new ECSClient({ region: parameters.region, credentials }),
      files: () => filesOf(data),
      known,
    };
    const { summary, next } = await (parameters.step === 'prepare' ? prepare(scene) : release(scene));
    console.log(summary);
    const result = next
      ? { continuationToken: JSON.stringify(next), executionDetails: { summary } }
      : { executionDetails: { summary, percentComplete: 100 } };
    await codepipeline.send(new PutJobSuccessResultCommand({ jobId, ...result }));
  } catch (error) {
    if (error.$fault === 'server' || error.$retryable) throw error; // Lambda calls again; every step may be repeated
    const failureDetails = { type: 'JobFailed', message: String(error.message).slice(0, 4000) };
    await codepipeline.send(new PutJobFailureResultCommand({ jobId, failureDetails }));
  }
};

async function prepare(scene) {
  const { ecs, service, family, cluster } = scene;
  const found = await serviceOf(scene);
  if (!found) {
    const seed = JSON.parse((await scene.files())('seed.json'));
    const newest = await newestOf(ecs, family);
    if (!newest || !isSame(newest, seed)) await ecs.send(new RegisterTaskDefinitionCommand(seed));
    return { summary: `${service} is not in ${cluster} yet: it begins with its seed.` };
  }
  if (isMoving(found))
    return { summary: `Another deployment of ${service} has to end first.`, next: scene.known };
  const swapping = await swapToBlue(scene, found);
  if (swapping) return swapping;
  const running = runningIn(found);
  const taken = await pin(scene, running);
  const also = taken.length > 0 ? `; newer ones that do not run are deregistered: ${taken.join(', ')}` : '';
  return { summary: `${nameOf(running)} runs and is the newest revision${also}.` };
}

/** Makes what runs the newest ACTIVE revision of its family; returns the revisions that had to go. */
async function pin({ ecs, family }, running) {
  const { taskDefinition, tags } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: running, include: ['TAGS'] }),
  );
  const active = await activeOf(ecs, family);
  const newer = active.filter(arn => revisionOf(arn) > revisionOf(running));
  if (!active.includes(running)) {
    await ecs.send(
      new RegisterTaskDefinitionCommand({ ...registrable(taskDefinition), ...(tags?.length && { tags }) }),
    );
    return [];
  }
  for (const arn of newer) await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }));
  return newer.map(nameOf);
}

async function release(scene) {
  const { ecs, service, cluster, known } = scene;
  if (known.taskDefinition) return follow(scene);
  const found = await serviceOf(scene);
  if (!found)
    throw new Error(`There is no service ${service} in ${cluster}: its stack has to be deployed first`);
  if (isMoving(found)) return { summary: `Another deployment of ${service} has to end first.`, next: {} };
  const taskDefinition = await register(scene);
  if (runningIn(found) === taskDefinition) return { summary: `${nameOf(taskDefinition)} runs already.` };
  await ecs.send(new UpdateServiceCommand({ cluster, service, taskDefinition }));
  return { summary: `ECS deploys ${nameOf(taskDefinition)}.`, next: { taskDefinition, looks: 0 } };
}

/** Registers what the release brings; the same release again is the same revision. */
async function register({ ecs, family, files }) {
  const file = await files();
  const { ImageURI } = JSON.parse(file('../imageDetail.json'));
  const wanted = JSON.parse(file('taskdef.json').replaceAll('<IMAGE1_NAME>', ImageURI));
  const newest = await newestOf(ecs, family);
  if (newest && isSame(newest, wanted)) return newest.taskDefinitionArn;
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(wanted));
  return taskDefinition.taskDefinitionArn;
}

/** How the deployment of what was registered stands. */
async function follow(scene) {
  const { ecs, service, cluster, known } = scene;
  const { taskDefinition, looks } = known;
  const deployment = await deploymentOf(scene, taskDefinition);
  if (!deployment) {
    if (looks > MOST_LOOKS_FOR_DEPLOYMENT)
      throw new Error(`ECS never began to deploy ${nameOf(taskDefinition)}`);
    return {
      summary: `ECS begins to deploy ${nameOf(taskDefinition)}.`,
      next: { ...known, looks: looks + 1 },
    };
  }
  const { status, statusReason = '' } = deployment;
  if (MOVES.includes(status)) return { summary: `${nameOf(taskDefinition)}: ${status}`, next: known };
  if (status === 'SUCCESSFUL') return { summary: `${nameOf(taskDefinition)} is live.` };
  await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  const { events = [] } = (await serviceOf({ ecs, service, cluster })) ?? {};
  const end = status.startsWith('ROLLBACK') ? 'was taken back' : 'was stopped';
  const said = events
    .slice(0, 8)
    .map(event => event.message)
    .reverse();
  throw new Error([`${nameOf(taskDefinition)} ${end} (${status}): ${statusReason}`, ...said].join('\n'));
}

/** The newest deployment of a task definition; each release has one of its own. */
async function deploymentOf({ ecs, cluster, service }, taskDefinition) {
  const { serviceDeployments = [] } = await ecs.send(
    new ListServiceDeploymentsCommand({ cluster, service, maxResults: 20 }),
  );
  const arns = [...new Set(serviceDeployments.map(each => each.targetServiceRevisionArn))];
  if (arns.length === 0) return undefined;
  const { serviceRevisions = [] } = await ecs.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: arns }),
  );
  const own = serviceRevisions
    .filter(each => each.taskDefinition === taskDefinition)
    .map(each => each.serviceRevisionArn);
  return serviceDeployments
    .filter(each => own.includes(each.targetServiceRevisionArn))
    .sort((a, b) => b.createdAt - a.createdAt)[0];
}

/**
 * A service comes from CodeDeploy, or goes from two colours to one, only while blue has the traffic: the template begins
 * at blue, and would lead ECS away from where the users are. Where green has it, what runs is deployed once more.
 */
async function swapToBlue(scene, found) {
  const { service, blue, known } = scene;
  const fromCodeDeploy = found.deploymentController?.type === 'CODE_DEPLOY';
  const givesUpColour = scene.strategy === 'rolling' && found.loadBalancers?.[0]?.advancedConfiguration;
  if (!fromCodeDeploy && !givesUpColour) return undefined;
  if (known.swap && fromCodeDeploy) await requireGoingWell(scene);
  if (fromCodeDeploy && found.taskSets.length !== 1) {
    if (known.swap) return { summary: `CodeDeploy brings ${service} back to ${blue}.`, next: known };
    throw new Error(
      `${service} is still being deployed by CodeDeploy: wait until one task set is left, then retry`,
    );
  }
  const group = fromCodeDeploy
    ? found.taskSets[0].loadBalancers[0]?.targetGroupArn
    : await nativeGroup(scene, found);
  if (group?.includes(`:targetgroup/${blue}/`)) return undefined;
  if (known.swap) throw new Error(`${service} was deployed once more and is still not served by ${blue}`);
  const swap = await (fromCodeDeploy ? deployByCodeDeploy(scene, found) : deployAgain(scene));
  return { summary: `${service} is deployed once more, so that ${blue} has its traffic.`, next: { swap } };
}

/** The same version with the same capacity, all at once. An AppSpec may be JSON. */
async function deployByCodeDeploy({ service, family, credentials, region }, { taskSets }) {
  const [{ taskDefinition, loadBalancers, platformVersion, capacityProviderStrategy = [] }] = taskSets;
  const [{ containerName, containerPort }] = loadBalancers;
  const capacity = capacityProviderStrategy.map(({ capacityProvider, base = 0, weight = 0 }) => ({
    ...{ CapacityProvider: capacityProvider, Base: base, Weight: weight },
  }));
  const Properties = {
    TaskDefinition: taskDefinition,
    LoadBalancerInfo: { ContainerName: containerName, ContainerPort: containerPort },
    ...(platformVersion && { PlatformVersion: platformVersion }),
    ...(capacity.length > 0 && { CapacityProviderStrategy: capacity }),
  };
  const Resources = [{ TargetService: { Type: 'AWS::ECS::Service', Properties } }];
  const { deploymentId } = await new CodeDeployClient({ region, credentials }).send(
    new CreateDeploymentCommand({
      ...{ applicationName: family, deploymentGroupName: family },
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      description: `${service} moves to ECS's own controller`,
      revision: {
        revisionType: 'AppSpecContent',
        appSpecContent: { content: JSON.stringify({ version: 0.0, Resources }) },
      },
    }),
  );
  return deploymentId;
}

async function requireGoingWell({ known, credentials, region, service }) {
  const client = new CodeDeployClient({ region, credentials });
  const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId: known.swap }));
  const { status, errorInformation } = deploymentInfo;
  if (status !== 'Failed' && status !== 'Stopped') return;
  const why = errorInformation?.message ?? status;
  throw new Error(`${service} could not be deployed once more by CodeDeploy (${known.swap}): ${why}`);
}

async function deployAgain({ ecs, cluster, service }) {
  await ecs.send(new UpdateServiceCommand({ cluster, service, forceNewDeployment: true }));
  return 'by ECS';
}

async function nativeGroup({ ecs }, { currentServiceRevisions = [] }) {
  const serviceRevisionArns = currentServiceRevisions.map(each => each.arn);
  if (serviceRevisionArns.length === 0) return undefined;
  const { serviceRevisions } = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
  const [revision] = serviceRevisions;
  return (revision?.resolvedConfiguration?.loadBalancers ?? revision?.loadBalancers)?.[0]?.targetGroupArn;
}

async function serviceOf({ ecs, cluster, service }) {
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  return services.find(each => each.status === 'ACTIVE');
}

function runningIn({ taskSets = [], taskDefinition }) {
  return taskSets.find(set => set.status === 'PRIMARY')?.taskDefinition ?? taskDefinition;
}

function isMoving({ deploymentController, deployments = [] }) {
  const isUnderWay = deployments.length > 1 || deployments.some(each => each.rolloutState === 'IN_PROGRESS');
  return deploymentController?.type !== 'CODE_DEPLOY' && isUnderWay;
}

async function activeOf(ecs, family) {
  const found = [];
  let nextToken;
  do {
    const page = await ecs.send(
      new ListTaskDefinitionsCommand({ familyPrefix: family, status: 'ACTIVE', sort: 'DESC', nextToken }),
    );
    found.push(...page.taskDefinitionArns);
    nextToken = page.nextToken;
  } while (nextToken);
  return found;
}

async function newestOf(ecs, family) {
  const [newest] = await activeOf(ecs, family);
  if (!newest) return undefined;
  return (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: newest }))).taskDefinition;
}

/** Image, commit, inputs and definition decide all else: SLIPWAY_DEFINITION is the hash of the rest. */
function isSame(registered, wanted) {
  const told = ({ cpu, memory, containerDefinitions }) =>
    JSON.stringify([
      ...[cpu, memory],
      ...containerDefinitions.map(({ name, image, environment = [] }) => [
        ...[name, image],
        ...environment.map(each => `${each.name}=${each.value}`).sort(),
      ]),
    ]);
  return told(registered) === told(wanted);
}

function registrable(taskDefinition) {
  const { taskDefinitionArn, revision, status, requiresAttributes, compatibilities, ...rest } =
    taskDefinition;
  const { registeredAt, registeredBy, deregisteredAt, ...definition } = rest;
  return definition;
}

function revisionOf(arn) {
  return Number(arn.slice(arn.lastIndexOf(':') + 1));
}

function nameOf(arn) {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

async function sessionOf(RoleArn, jobId) {
  const RoleSessionName = `rollout-${jobId}`.slice(0, 64);
  const { Credentials } = await new STSClient({}).send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
  const {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
  } = Credentials;
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** Reads a file of the artifact by its path within the place's folder. */
async function filesOf({ inputArtifacts, artifactCredentials, actionConfiguration }) {
  const { folder } = JSON.parse(actionConfiguration.configuration.UserParameters);
  const { accessKeyId, secretAccessKey, sessionToken } = artifactCredentials;
  const s3 = new S3Client({
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    forcePathStyle: true,
  });
  const { bucketName: Bucket, objectKey: Key } = inputArtifacts[0].location.s3Location;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const entries = entriesOf(Buffer.from(await Body.transformToByteArray()));
  return path => {
    const name = path.startsWith('../') ? path.slice(3) : `${folder}/${path}`;
    const read = entries.get(name);
    if (!read) throw new Error(`The artifact ${inputArtifacts[0].name} has no file ${name}`);
    return read();
  };
}

/** The files of a zip by its central directory; Lambda brings nothing that reads one. */
function entriesOf(zip) {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0) throw new Error('The artifact is not a zip');
  const entries = new Map();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map(offset => zip.readUInt16LE(at + offset));
    const header = zip.readUInt32LE(at + 42);
    entries.set(zip.toString('utf8', at + 46, at + 46 + name), () => {
      const from = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
      const data = zip.subarray(from, from + size);
      return (method === 0 ? data : inflateRawSync(data, { maxOutputLength: 1024 * 1024 })).toString('utf8');
    });
    at += 46 + name + extra + comment;
  }
  return entries;
}
