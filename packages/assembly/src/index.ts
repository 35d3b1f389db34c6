export { type Assembly, type AssemblyStack, readAssembly } from './assembly.ts';
export type { SecretReference } from './dynamic-references.ts';
export { type Lookups, partitionOf, type StackEnvironment } from './environment.ts';
export { AssemblyError, type Place, TemplateError } from './errors.ts';
export {
  type Evaluation,
  type EvaluationRequest,
  evaluate,
  type ResolvedResource,
  resolveSecrets,
  type StackOutput,
} from './evaluation.ts';
export { type Graph, resourceGraph, waves } from './graph.ts';
export type { ResourceValues } from './intrinsics/scope.ts';
export type { ParameterDefinition, ParameterValue } from './parameters.ts';
export type { Resources } from './scope.ts';
export {
  type DeletionPolicy,
  type OutputDefinition,
  parseTemplate,
  type ResourceDefinition,
  type Template,
} from './template.ts';
