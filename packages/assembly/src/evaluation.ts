import { evaluateConditions } from './conditions.ts';
import { resolveDynamicReferences } from './dynamic-references.ts';
import type { Lookups, StackEnvironment } from './environment.ts';
import { at, TemplateError } from './errors.ts';
import { type Graph, resourceGraph, waves } from './graph.ts';
import { importNames } from './imports.ts';
import { resolve } from './intrinsics/resolve.ts';
import { NO_VALUE, type Scope } from './intrinsics/scope.ts';
import { isObject, type JsonObject, text } from './json.ts';
import { bindParameters, type ParameterValue } from './parameters.ts';
import { checkReferences } from './references.ts';
import { createScope, type Resources, truthOf } from './scope.ts';
import type { OutputDefinition, ResourceDefinition, Template } from './template.ts';

/** A resource with its intrinsics resolved. */
export interface ResolvedResource {
  properties: JsonObject;
  metadata?: unknown;
}

export interface StackOutput {
  key: string;
  value: string;
  description?: string;
  exportName?: string;
}

export interface EvaluationRequest {
  template: Template;
  environment: StackEnvironment;
  /** What was given for the template's parameters. */
  parameters: Readonly<Record<string, string>>;
  lookups: Lookups;
}

/** A template for one stack: parameters and conditions are settled, resources are resolved as they come to be. */
export interface Evaluation {
  template: Template;
  parameters: ReadonlyMap<string, ParameterValue>;
  conditions: ReadonlyMap<string, boolean>;
  /** The resources whose condition holds, with those that each needs. */
  graph: Graph;
  /** The same in waves that may be carried out side by side. */
  waves: string[][];
  definition(logicalId: string): ResourceDefinition;
  /**
   * Properties and metadata of a resource. Dynamic references to plain parameters are resolved; those to secrets
   * stay as they are written, see `resolveSecrets`. Throws a TemplateError.
   */
  resource(logicalId: string, resources: Resources): ResolvedResource;
  /** The outputs whose condition holds. Throws a TemplateError. */
  outputs(resources: Resources): StackOutput[];
  /** The names that the stack imports with Fn::ImportValue. Throws a TemplateError. */
  imports(): string[];
}

/** Settles what can be settled before any resource exists. Throws a TemplateError with AWS's sentence. */
export function evaluate(request: EvaluationRequest): Evaluation {
  const { template, environment, lookups } = request;
  const { stackName } = environment;
  return at({ stackName }, () => {
    checkReferences(template);
    const parameters = bindParameters(template.parameters, request.parameters, name =>
      lookups.parameter(name),
    );
    const scopeWith = (resources: Resources, conditions: ReadonlyMap<string, boolean>): Scope =>
      createScope({ ...request, parameters, conditions, resources });
    const conditions = evaluateConditions(template.conditions, known => scopeWith(() => undefined, known));
    const graph = resourceGraph(template, name => truthOf(conditions, name));
    const outputs = [...template.outputs].filter(
      ([, output]) => output.condition === undefined || truthOf(conditions, output.condition),
    );
    return {
      template,
      parameters,
      conditions,
      graph,
      waves: waves(graph),
      definition: logicalId => definitionOf(template, logicalId),
      resource: (logicalId, resources) =>
        at({ stackName, logicalId }, () =>
          resolveResource(definitionOf(template, logicalId), scopeWith(resources, conditions), lookups),
        ),
      outputs: resources =>
        at({ stackName }, () =>
          outputs.map(([key, output]) =>
            resolveOutput(key, output, scopeWith(resources, conditions), lookups),
          ),
        ),
      imports: () =>
        at({ stackName }, () => {
          const properties = [...graph.keys()].map(logicalId => definitionOf(template, logicalId).properties);
          const values = outputs.map(([, output]) => [output.value, output.exportName]);
          return importNames(
            [properties, values],
            template,
            scopeWith(() => undefined, conditions),
          );
        }),
    };
  });
}

/** Resolves what `Evaluation.resource` leaves as written: references to secrets. Never store the result. */
export function resolveSecrets<T>(value: T, lookups: Lookups): T {
  return resolveDynamicReferences(value, ['ssm-secure', 'secretsmanager'], lookups) as T;
}

function definitionOf(template: Template, logicalId: string): ResourceDefinition {
  const definition = template.resources.get(logicalId);
  if (!definition) throw new TemplateError(`Resource ${logicalId} does not exist in the template`);
  return definition;
}

function resolveResource(definition: ResourceDefinition, scope: Scope, lookups: Lookups): ResolvedResource {
  const resolved = resolveDynamicReferences(resolve(definition.properties, scope), ['ssm'], lookups);
  const properties = resolved === NO_VALUE ? {} : resolved;
  if (!isObject(properties)) throw new TemplateError('Template format error: Properties must be an object.');
  const metadata = definition.metadata === undefined ? NO_VALUE : resolve(definition.metadata, scope);
  return metadata === NO_VALUE ? { properties } : { properties, metadata };
}

function resolveOutput(key: string, output: OutputDefinition, scope: Scope, lookups: Lookups): StackOutput {
  const string = (written: unknown, what: string): string => {
    const value = text(resolveDynamicReferences(resolve(written, scope), ['ssm'], lookups));
    if (value !== undefined) return value;
    throw new TemplateError(
      `Template format error: The ${what} field of output ${key} must evaluate to a string.`,
    );
  };
  return {
    key,
    value: string(output.value, 'Value'),
    ...(output.description === undefined ? {} : { description: output.description }),
    ...(output.exportName === undefined ? {} : { exportName: string(output.exportName, 'Name') }),
  };
}
