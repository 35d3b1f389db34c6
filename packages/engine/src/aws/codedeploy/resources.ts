import { createHash } from 'node:crypto';
import { AwsError } from '../../core/errors.ts';
import type {
  DeleteRequest,
  Properties,
  ResourceHandler,
  ResourceHandlers,
  ResourceRequest,
  UpdateRequest,
} from '../../core/resource.ts';
import { builtInConfigs, readRouting } from './config.ts';
import { type DeploymentGroup, type GroupSettings, validateGroup } from './group.ts';
import { close } from './record.ts';
import type { Scene } from './scene.ts';
import { applicationNamed, configNamed } from './tables.ts';

/** The resource types of CodeDeploy that are carried out: blue/green on ECS. */
export function deployResources(scene: Scene): ResourceHandlers {
  return {
    'AWS::CodeDeploy::Application': applications(scene),
    'AWS::CodeDeploy::DeploymentConfig': configs(scene),
    'AWS::CodeDeploy::DeploymentGroup': groups(scene),
  };
}

function applications(scene: Scene): ResourceHandler {
  const { context, tables } = scene;
  const put = async (request: ResourceRequest) => {
    const name = nameFor(request, 'ApplicationName');
    checkName(name, 'InvalidApplicationNameException');
    const platform = request.properties.ComputePlatform;
    if (platform !== 'ECS')
      throw new AwsError(
        'InvalidComputePlatformException',
        `The compute platform ${String(platform ?? 'Server')} is not carried out locally; only ECS is`,
      );
    const existing = tables.applications.get(name);
    if (existing && existing.token !== request.token && !isUpdateOf(request, name))
      throw new AwsError('ApplicationAlreadyExistsException', `Application already exists: ${name}`);
    const { token } = request;
    tables.applications.put(name, {
      id: existing?.id ?? context.ids.uuid(),
      name,
      created: existing?.created ?? context.clock.now(),
      token,
    });
    return { physicalId: name, attributes: {} };
  };
  return {
    create: put,
    update: put,
    delete: async ({ physicalId }) =>
      context.store.transaction(() => {
        tables.applications.delete(physicalId);
        for (const [id, { application }] of tables.deployments.entries())
          if (application === physicalId) tables.deployments.delete(id);
      }),
  };
}

/** A configuration cannot be changed: another content needs another name. */
function configs(scene: Scene): ResourceHandler {
  const { context, tables } = scene;
  const put = async (request: ResourceRequest) => {
    const name = nameFor(request, 'DeploymentConfigName');
    checkName(name, 'InvalidDeploymentConfigNameException');
    if (request.properties.ComputePlatform !== 'ECS')
      throw new AwsError(
        'InvalidComputePlatformException',
        `The deployment configuration ${name} is not for ECS: only ECS is carried out locally`,
      );
    const routing = readRouting(lowerFirst(request.properties.TrafficRoutingConfig));
    const existing = tables.configs.get(name);
    const same = existing && JSON.stringify(existing.routing) === JSON.stringify(routing);
    const mine = existing?.token === request.token || isUpdateOf(request, name);
    if (Object.hasOwn(builtInConfigs, name) || (existing && !(mine && same)))
      throw new AwsError(
        'DeploymentConfigAlreadyExistsException',
        `Deployment configuration already exists: ${name}; a changed one needs another name`,
      );
    const { token } = request;
    const id = existing?.id ?? context.ids.uuid();
    tables.configs.put(name, { id, name, created: existing?.created ?? context.clock.now(), routing, token });
    return { physicalId: name, attributes: {} };
  };
  return { create: put, update: put, delete: async ({ physicalId }) => tables.configs.delete(physicalId) };
}

function groups(scene: Scene): ResourceHandler {
  const { context, tables } = scene;
  const put = async (request: ResourceRequest) =>
    context.store.transaction(() => {
      const group = readGroup(scene, request);
      const key = `${group.application}/${group.name}`;
      const existing = tables.groups.get(key);
      const before = previousKey(request);
      if (existing && existing.token !== request.token && before !== key)
        throw new AwsError(
          'DeploymentGroupAlreadyExistsException',
          `Deployment group already exists: ${group.name} in application ${group.application}`,
        );
      const { lastAttempted, lastSuccessful } = existing ?? {};
      tables.groups.put(key, {
        ...group,
        id: existing?.id ?? group.id,
        ...(lastAttempted && { lastAttempted }),
        ...(lastSuccessful && { lastSuccessful }),
      });
      // Of another application but of the same name: CloudFormation sees one physical id and deletes nothing.
      if (before && before !== key && before.endsWith(`/${group.name}`)) remove(scene, before);
      return { physicalId: group.name, attributes: {} };
    });
  return {
    create: put,
    update: put,
    delete: async (request: DeleteRequest) =>
      context.store.transaction(() =>
        remove(scene, `${String(request.properties.ApplicationName)}/${request.physicalId}`),
      ),
  };
}

/** A deployment of a group that goes is over as it stands; what it made goes with the service. */
function remove(scene: Scene, key: string): void {
  const { context, tables } = scene;
  tables.groups.delete(key);
  for (const [id, of] of tables.active.entries()) {
    if (of !== key) continue;
    close(scene, id, stored => ({ ...stored, status: 'Stopped', completed: context.clock.now() }));
  }
}

function readGroup(scene: Scene, request: ResourceRequest): DeploymentGroup {
  const { properties, token } = request;
  const name = nameFor(request, 'DeploymentGroupName');
  checkName(name, 'InvalidDeploymentGroupNameException');
  const application = applicationNamed(scene.tables, properties.ApplicationName).name;
  const configName = String(properties.DeploymentConfigName ?? 'CodeDeployDefault.ECSAllAtOnce');
  configNamed(scene.tables, configName);
  const settings = readSettings(properties);
  validateGroup(settings);
  const serviceRoleArn = String(properties.ServiceRoleArn ?? '');
  if (!serviceRoleArn) throw new AwsError('RoleRequiredException', 'ServiceRoleArn is required');
  return { id: scene.context.ids.uuid(), application, name, configName, serviceRoleArn, settings, token };
}

const SETTINGS = [
  'DeploymentStyle',
  'LoadBalancerInfo',
  'BlueGreenDeploymentConfiguration',
  'AutoRollbackConfiguration',
  'AlarmConfiguration',
];

function readSettings(properties: Properties): GroupSettings {
  const taken = Object.fromEntries(
    SETTINGS.flatMap(key => (key in properties ? [[key, properties[key]]] : [])),
  );
  return {
    ...(lowerFirst(taken) as GroupSettings),
    ...(Array.isArray(properties.ECSServices) && {
      ecsServices: lowerFirst(properties.ECSServices) as NonNullable<GroupSettings['ecsServices']>,
    }),
  };
}

/** CloudFormation's keys are the API's with a capital; its numbers and truth values may be strings. */
function lowerFirst(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map(each => lowerFirst(each));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name.charAt(0).toLowerCase() + name.slice(1),
        lowerFirst(member, name),
      ]),
    );
  if (key === 'Enabled') return value === true || value === 'true';
  return /(InMinutes|Percentage|Interval)$/.test(key) ? Number(value) : value;
}

/** The name in the template, or one made of the stack's and the resource's, the same for every attempt. */
function nameFor(request: ResourceRequest, property: string): string {
  const name = request.properties[property];
  if (typeof name === 'string' && name !== '') return name;
  const prefix = `${request.stack.name}-${request.logicalId}-`;
  const before = (request as Partial<UpdateRequest>).physicalId;
  if (before?.startsWith(prefix)) return before;
  const suffix = createHash('sha256').update(request.token).digest('hex').slice(0, 12).toUpperCase();
  return `${prefix}${suffix}`.slice(-100);
}

function isUpdateOf(request: ResourceRequest, name: string): boolean {
  return (request as Partial<UpdateRequest>).physicalId === name;
}

function previousKey(request: ResourceRequest): string | undefined {
  const { physicalId, previous } = request as Partial<UpdateRequest>;
  return physicalId && previous ? `${String(previous.ApplicationName)}/${physicalId}` : undefined;
}

function checkName(name: string, code: string): void {
  if (!/^[A-Za-z0-9._+=,@-]{1,100}$/.test(name))
    throw new AwsError(code, `'${name}' is not a valid name: letters, digits and . _ + = , @ - only`);
}
