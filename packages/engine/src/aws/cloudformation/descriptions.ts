import type { Operation } from '../../core/api.ts';
import { AwsError } from '../../core/errors.ts';
import type { ApiOptions } from './api.ts';
import { type Input, list, optionalText, page, text } from './input.ts';
import type { StackResource } from './resource.ts';
import { goal, type Stack } from './stack.ts';
import { findStack, importersOf, type StackEvent } from './tables.ts';

/** The operations that only tell. */
export function descriptions({ tables }: ApiOptions): Record<string, Operation> {
  const existing = (input: Input, region: string): Stack => {
    const name = text(input, 'StackName');
    const stack = findStack(tables, region, name);
    if (stack) return stack;
    throw new AwsError('ValidationError', `Stack with id ${name.slice(0, 1024)} does not exist`);
  };
  const resourcesOf = (stack: Stack): StackResource[] => tables.resources.values(`${stack.key}/`);

  return {
    DescribeStacks: (input: Input, { region }) => {
      if (optionalText(input, 'StackName') !== undefined)
        return { Stacks: [describeStack(existing(input, region))] };
      const stacks = tables.stacks.values(`${region}/`).filter(each => each.status !== 'DELETE_COMPLETE');
      const { items, ...more } = page(newestFirst(stacks), input);
      return { Stacks: items.map(describeStack), ...more };
    },
    ListStacks: (input: Input, { region }) => {
      const wanted = list(input, 'StackStatusFilter');
      const stacks = tables.stacks
        .values(`${region}/`)
        .filter(each => wanted.length === 0 || wanted.includes(each.status));
      const { items, ...more } = page(newestFirst(stacks), input);
      return { StackSummaries: items.map(summarizeStack), ...more };
    },
    DescribeStackEvents: (input: Input, { region }) => {
      const events = tables.events.values(`${existing(input, region).key}/`).reverse();
      const { items, ...more } = page(events, input);
      return { StackEvents: items.map(describeEvent), ...more };
    },
    DescribeStackResources: (input: Input, { region }) => {
      const physicalId = optionalText(input, 'PhysicalResourceId');
      const owner = physicalId === undefined ? undefined : ownerOf(physicalId, region);
      const stack = owner ?? existing(input, region);
      const logicalId = optionalText(input, 'LogicalResourceId');
      const resources = resourcesOf(stack).filter(
        each => logicalId === undefined || each.logicalId === logicalId,
      );
      if (logicalId !== undefined && resources.length === 0) throw noResource(logicalId, stack);
      return { StackResources: resources.slice(0, 100).map(each => describeResource(stack, each)) };
    },
    DescribeStackResource: (input: Input, { region }) => {
      const stack = existing(input, region);
      const resource = tables.resources.get(`${stack.key}/${text(input, 'LogicalResourceId')}`);
      if (!resource) throw noResource(text(input, 'LogicalResourceId'), stack);
      const { Timestamp, ...detail } = describeResource(stack, resource);
      const metadata = resource.metadata === undefined ? {} : { Metadata: JSON.stringify(resource.metadata) };
      return { StackResourceDetail: { ...detail, LastUpdatedTimestamp: Timestamp, ...metadata } };
    },
    ListStackResources: (input: Input, { region }) => {
      const { items, ...more } = page(resourcesOf(existing(input, region)), input);
      return {
        StackResourceSummaries: items.map(each => ({
          LogicalResourceId: each.logicalId,
          PhysicalResourceId: each.physicalId,
          ResourceType: each.type,
          LastUpdatedTimestamp: new Date(each.updatedAt),
          ResourceStatus: each.status,
          ResourceStatusReason: each.reason,
        })),
        ...more,
      };
    },
    ListExports: (input: Input, { region }) => {
      const { items, ...more } = page(tables.exports.values(`${region}/`), input);
      const Exports = items.map(each => ({
        ExportingStackId: each.stackId,
        Name: each.name,
        Value: each.value,
      }));
      return { Exports, ...more };
    },
    ListImports: (input: Input, { region }) => {
      const name = text(input, 'ExportName');
      const exported = tables.exports.get(`${region}/${name}`);
      const owner = exported ? tables.stacks.get(exported.stackKey) : undefined;
      const importers = owner ? importersOf(tables, owner, name) : [];
      if (importers.length === 0)
        throw new AwsError('ValidationError', `Export '${name}' is not imported by any stack.`);
      const { items, ...more } = page(importers, input);
      return { Imports: items, ...more };
    },
  };

  function ownerOf(physicalId: string, region: string): Stack {
    for (const [key, resource] of tables.resources.entries(`${region}/`)) {
      if (resource.physicalId !== physicalId) continue;
      const stack = tables.stacks.get(key.slice(0, key.lastIndexOf('/')));
      if (stack && stack.status !== 'DELETE_COMPLETE') return stack;
    }
    throw new AwsError('ValidationError', `Stack for ${physicalId.slice(0, 1024)} does not exist`);
  }
}

function noResource(logicalId: string, stack: Stack): AwsError {
  return new AwsError('ValidationError', `Resource ${logicalId} does not exist for stack ${stack.name}`);
}

function newestFirst(stacks: Stack[]): Stack[] {
  return stacks.toSorted((a, b) => b.createdAt - a.createdAt);
}

function times(stack: Stack): object {
  const { createdAt, updatedAt, deletedAt } = stack;
  return {
    CreationTime: new Date(createdAt),
    ...(updatedAt === undefined ? {} : { LastUpdatedTime: new Date(updatedAt) }),
    ...(deletedAt === undefined ? {} : { DeletionTime: new Date(deletedAt) }),
  };
}

function summarizeStack(stack: Stack): object {
  return {
    StackId: stack.id,
    StackName: stack.name,
    TemplateDescription: stack.description,
    ...times(stack),
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

function describeStack(stack: Stack): object {
  const { shown, tags, capabilities, roleArn } = goal(stack);
  return {
    StackId: stack.id,
    StackName: stack.name,
    Description: stack.description,
    ...times(stack),
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    Parameters: shown.map(each => ({
      ParameterKey: each.key,
      ParameterValue: each.value,
      ResolvedValue: each.resolved,
    })),
    Outputs: stack.outputs.map(each => ({
      OutputKey: each.key,
      OutputValue: each.value,
      Description: each.description,
      ExportName: each.exportName,
    })),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    Capabilities: capabilities,
    RoleARN: roleArn,
    NotificationARNs: [],
    DisableRollback: stack.onFailure === 'DO_NOTHING',
    EnableTerminationProtection: stack.terminationProtection,
    RollbackConfiguration: {},
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

function describeResource(stack: Stack, resource: StackResource) {
  return {
    StackName: stack.name,
    StackId: stack.id,
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    Timestamp: new Date(resource.updatedAt),
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.reason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

function describeEvent(event: StackEvent): object {
  return {
    StackId: event.stackId,
    EventId: event.eventId,
    StackName: event.stackName,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: new Date(event.at),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ClientRequestToken: event.token,
  };
}
