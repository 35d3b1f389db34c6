import { createHash } from 'node:crypto';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type {
  ResourceHandler,
  ResourceHandlers,
  ResourceRequest,
  ResourceResult,
} from '../../core/resource.ts';
import { type LambdaFunction, readFunction } from './function.ts';
import { forgetCode, type Tables } from './tables.ts';

/** `AWS::Lambda::Function`: Ref gives the name, Fn::GetAtt the Arn. Another name makes another function. */
export function lambdaResources(context: Context, tables: Tables): ResourceHandlers {
  return { 'AWS::Lambda::Function': functions(context, tables) };
}

function functions(context: Context, tables: Tables): ResourceHandler {
  const result = ({ name, arn }: LambdaFunction): ResourceResult => ({
    physicalId: name,
    attributes: { Arn: arn },
  });
  const put = (request: ResourceRequest, name: string, token: string): ResourceResult => {
    const { definition, code } = readFunction(context, request.properties, { name, token });
    context.store.transaction(() => {
      tables.functions.put(name, definition);
      tables.code.put(definition.code, code);
      forgetCode(tables);
    });
    return result(definition);
  };
  const create = async (request: ResourceRequest): Promise<ResourceResult> => {
    const name = nameFor(request);
    const known = tables.functions.get(name);
    if (known?.token === request.token) return result(known);
    if (known) throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, 409);
    return put(request, name, request.token);
  };
  return {
    create,
    update: async request => {
      const { physicalId, properties } = request;
      const known = tables.functions.get(physicalId);
      const renamed = properties.FunctionName !== undefined && properties.FunctionName !== physicalId;
      return known && !renamed ? put(request, physicalId, known.token) : create(request);
    },
    delete: async ({ physicalId }) =>
      context.store.transaction(() => {
        tables.functions.delete(physicalId);
        forgetCode(tables);
      }),
  };
}

/** The name in the template, or one in CloudFormation's form that the same operation always arrives at. */
function nameFor({ properties, stack, logicalId, token }: ResourceRequest): string {
  const name = properties.FunctionName;
  if (typeof name === 'string') return name;
  const unique = createHash('sha256').update(token).digest('hex').slice(0, 12);
  return `${`${stack.name}-${logicalId}`.slice(0, 51)}-${unique}`;
}
