import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { ResourceHandler, ResourceHandlers, ResourceRequest } from '../../core/resource.ts';
import type { LogFiles } from './log-files.ts';

/** The resource types of CloudWatch Logs; filters and policies are recorded, they have no effect on a laptop. */
export function createLogsResources(context: Context, files: LogFiles): ResourceHandlers {
  return {
    'AWS::Logs::LogGroup': logGroup(context, files),
    'AWS::Logs::LogStream': logStream(files),
    'AWS::Logs::MetricFilter': recorded(context, 'FilterName'),
    'AWS::Logs::SubscriptionFilter': recorded(context, 'FilterName'),
    'AWS::Logs::ResourcePolicy': recorded(context, 'PolicyName'),
  };
}

function logGroup(context: Context, files: LogFiles): ResourceHandler {
  const owners = context.store.table<string>('logs_tokens');
  const result = (name: string) => ({
    physicalId: name,
    attributes: { Arn: arn('logs', context, `log-group:${name}:*`) },
  });
  const put = (name: string, { properties }: ResourceRequest): void => {
    const days = properties.RetentionInDays;
    const tags = Object.fromEntries(
      ((properties.Tags ?? []) as { Key: string; Value: string }[]).map(tag => [tag.Key, tag.Value]),
    );
    files.putGroup({ name, tags, ...(days === undefined ? {} : { retentionInDays: Number(days) }) });
  };
  const create = async (request: ResourceRequest) => {
    const name = nameFor(context, request, 'LogGroupName');
    context.store.transaction(() => {
      if (files.groups.get(name) && owners.get(name) !== request.token) {
        throw new AwsError(
          'ResourceAlreadyExistsException',
          `The specified log group already exists: ${name}`,
        );
      }
      put(name, request);
      owners.put(name, request.token);
    });
    return result(name);
  };
  return {
    create,
    update: async request => {
      const name = request.properties.LogGroupName;
      if (name !== undefined && name !== request.physicalId) return create(request);
      put(request.physicalId, request);
      return result(request.physicalId);
    },
    delete: async ({ physicalId }) => {
      files.deleteGroup(physicalId);
      owners.delete(physicalId);
    },
  };
}

function logStream(files: LogFiles): ResourceHandler {
  const create = async ({ logicalId, properties }: ResourceRequest) => {
    const name = String(properties.LogStreamName ?? logicalId);
    files.file(String(properties.LogGroupName), name);
    return { physicalId: name, attributes: {} };
  };
  return { create, update: create, delete: async () => {} };
}

function recorded(context: Context, nameProperty: string): ResourceHandler {
  const put = async (request: ResourceRequest) => ({
    physicalId: nameFor(context, request, nameProperty),
    attributes: {},
  });
  return { create: put, update: put, delete: async () => {} };
}

/** The given name, or one that is the same for every attempt at this resource. */
function nameFor({ store, ids }: Context, request: ResourceRequest, property: string): string {
  const given = request.properties[property];
  if (typeof given === 'string') return given;
  const names = store.table<string>('logs_names');
  const key = `${request.stack.id}/${request.logicalId}`;
  const name = names.get(key) ?? `${request.stack.name}-${request.logicalId}-${ids.hex(12)}`;
  names.put(key, name);
  return name;
}
