import { createHash } from 'node:crypto';
import type { ResourceHandlers, ResourceRequest, ResourceResult } from '../../core/resource.ts';
import type { Parameters, ParameterType } from './parameter.ts';

/** `AWS::SSM::Parameter`: Ref gives the name, Fn::GetAtt Type and Value. */
export function createResources(parameters: Parameters): ResourceHandlers {
  const write = (request: ResourceRequest, name: string): ResourceResult => {
    const { Type: type = 'String', Value: value, Description, AllowedPattern } = request.properties;
    if (type !== 'String' && type !== 'StringList') {
      throw new Error(`A parameter of type ${String(type)} cannot be made by a template`);
    }
    const existing = parameters.get(name);
    const wanted = { type: type as ParameterType, value: String(value ?? '') };
    const description = typeof Description === 'string' ? Description : '';
    const same =
      existing?.value === wanted.value &&
      existing.type === type &&
      (existing.description ?? '') === description;
    if (!same) {
      parameters.put({
        ...wanted,
        name,
        overwrite: existing !== undefined,
        madeBy: request.token,
        description,
        ...(typeof AllowedPattern === 'string' ? { allowedPattern: AllowedPattern } : {}),
      });
    }
    return { physicalId: name, attributes: { Type: type, Value: wanted.value } };
  };
  const create = (request: ResourceRequest): ResourceResult => {
    const name = nameOf(request);
    const existing = parameters.get(name);
    if (existing && existing.madeBy !== request.token) throw new Error(`${name} already exists`);
    return write(request, name);
  };
  return {
    'AWS::SSM::Parameter': {
      create: async request => create(request),
      update: async request => {
        const renamed = request.properties.Name !== request.previous.Name;
        return renamed ? create(request) : write(request, request.physicalId);
      },
      delete: async ({ physicalId }) => {
        parameters.delete(physicalId);
      },
    },
  };
}

function nameOf({ properties, logicalId, token }: ResourceRequest): string {
  if (typeof properties.Name === 'string') return properties.Name;
  const unique = createHash('sha256').update(token).digest('hex').slice(0, 12);
  return `CFN-${logicalId}-${unique}`;
}
