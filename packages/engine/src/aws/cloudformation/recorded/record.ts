import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type {
  Properties,
  ResourceHandler,
  ResourceHandlers,
  ResourceRequest,
  ResourceResult,
} from '../../../core/resource.ts';

/** What a resource that is only recorded gives to its template. */
export interface RecordedType {
  /** What `Ref` gives; `unique` is a stable hexadecimal text of 40 digits of this resource. */
  physicalId(request: ResourceRequest, unique: string): string;
  /** What `Fn::GetAtt` gives. */
  attributes?(request: ResourceRequest, physicalId: string): Record<string, unknown>;
  /** Properties whose change makes a new resource. */
  replacedBy?: string[];
  /** What users of AWS get of it and users of this machine do not, in a few words; left out where nothing is missed. */
  notCarriedOut?: string;
}

export type RecordedTypes = Record<string, RecordedType>;

/** Handlers for types that have no meaning here: what the template says is kept with the stack, and nothing else happens. */
export function record(types: RecordedTypes): ResourceHandlers {
  return Object.fromEntries(Object.entries(types).map(([type, recorded]) => [type, handlerOf(recorded)]));
}

function handlerOf(type: RecordedType): ResourceHandler {
  const describe = (request: ResourceRequest, physicalId: string): ResourceResult => ({
    physicalId,
    attributes: type.attributes?.(request, physicalId) ?? {},
  });
  const create = (request: ResourceRequest): ResourceResult =>
    describe(request, type.physicalId(request, uniqueOf(request.token)));
  return {
    create: async request => create(request),
    update: async request => {
      const replaced = type.replacedBy?.some(
        name => !isDeepStrictEqual(request.properties[name], request.previous[name]),
      );
      return replaced ? create(request) : describe(request, request.physicalId);
    },
    delete: async () => {},
    ...(type.notCarriedOut && { notCarriedOut: () => [type.notCarriedOut!] }),
  };
}

/** The same for every attempt at one operation, so that a crash makes no second resource. */
function uniqueOf(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 40);
}

/** `vpc-` with 17 hexadecimal digits, as EC2 names its resources. */
export function ec2Id(prefix: string): RecordedType['physicalId'] {
  return (_request, unique) => `${prefix}-${unique.slice(0, 17)}`;
}

/** The name that a property gives, or one that CloudFormation would make up. */
export function nameFrom(property: string): RecordedType['physicalId'] {
  return ({ properties, stack, logicalId }, unique) =>
    string(properties, property) ?? `${stack.name}-${logicalId}-${unique.slice(0, 12).toUpperCase()}`;
}

export function string(properties: Properties, name: string): string | undefined {
  const value = properties[name];
  return typeof value === 'string' ? value : undefined;
}
