import { rm } from 'node:fs/promises';
import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type {
  ResourceHandler,
  ResourceHandlers,
  ResourceRequest,
  ResourceResult,
} from '../../core/resource.ts';
import { readProject } from './project.ts';
import type { Project, ReportGroup, Tables } from './tables.ts';
import { sourceTreesOf } from './workplace.ts';

export function codeBuildResources(context: Context, tables: Tables): ResourceHandlers {
  return {
    'AWS::CodeBuild::Project': projectHandler(context, tables),
    'AWS::CodeBuild::ReportGroup': reportGroupHandler(context, tables),
  };
}

function projectHandler(context: Context, { projects }: Tables): ResourceHandler {
  const result = (project: Project): ResourceResult => ({
    physicalId: project.name,
    attributes: { Arn: project.arn, Id: project.name },
  });
  const create = async (request: ResourceRequest): Promise<ResourceResult> => {
    const name = nameFor(request);
    const known = projects.get(name);
    if (known && known.token !== request.token) {
      throw new AwsError('ResourceAlreadyExistsException', `Project already exists: ${known.arn}`);
    }
    const project = known ?? readProject(context, request.properties, { name, token: request.token });
    projects.put(name, project);
    return result(project);
  };
  return {
    create,
    update: async request => {
      const { physicalId, properties } = request;
      const known = projects.get(physicalId);
      const renamed = properties.Name !== undefined && properties.Name !== physicalId;
      if (!known || renamed) return create(request);
      const { token, created } = known;
      const next = { ...readProject(context, properties, { name: physicalId, token }), created };
      projects.put(physicalId, next);
      return result(next);
    },
    delete: async ({ physicalId }) => {
      await rm(sourceTreesOf(context, physicalId), { recursive: true, force: true });
      projects.delete(physicalId);
    },
  };
}

function reportGroupHandler(context: Context, { reportGroups }: Tables): ResourceHandler {
  const result = ({ arn: physicalId, name }: ReportGroup): ResourceResult => ({
    physicalId,
    attributes: { Arn: physicalId, Name: name },
  });
  const create = async (request: ResourceRequest): Promise<ResourceResult> => {
    const name = nameFor(request);
    const known = reportGroups.get(name);
    if (known?.token !== undefined && known.token !== request.token) {
      throw new AwsError('ResourceAlreadyExistsException', `Report group already exists: ${known.arn}`);
    }
    const group = {
      name,
      arn: arn('codebuild', context, `report-group/${name}`),
      type: String(request.properties.Type ?? 'TEST'),
      token: request.token,
      created: context.clock.now(),
    };
    reportGroups.put(name, group);
    return result(group);
  };
  return {
    create,
    update: async request => {
      const known = reportGroups.values().find(group => group.arn === request.physicalId);
      const renamed = request.properties.Name !== undefined && request.properties.Name !== known?.name;
      return known && !renamed ? result(known) : create(request);
    },
    delete: async ({ physicalId }) => {
      const known = reportGroups.values().find(group => group.arn === physicalId);
      if (known) reportGroups.delete(known.name);
    },
  };
}

/** The name given, or one in CloudFormation's form that the same operation always arrives at. */
function nameFor({ properties, stack, logicalId, token }: ResourceRequest): string {
  const given = properties.Name;
  if (typeof given === 'string') return given;
  return `${stack.name}-${logicalId}-${token.replaceAll(/[^A-Za-z0-9]/g, '').slice(-12)}`;
}
