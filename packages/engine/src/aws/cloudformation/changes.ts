import { isDeepStrictEqual } from 'node:util';
import type { Evaluation, ResolvedResource } from '@slipway/assembly';
import { valuesOf } from './evaluations.ts';
import type { StackResource } from './resource.ts';
import type { Definition, Stack } from './stack.ts';

/** Whether a handler has something to do: its properties changed, or the tags of the whole stack did, as in AWS. */
export function needsUpdate(
  resource: StackResource,
  resolved: ResolvedResource,
  tags: Record<string, string>,
): boolean {
  return (
    !isDeepStrictEqual(resource.properties, resolved.properties) || !isDeepStrictEqual(resource.tags, tags)
  );
}

/**
 * Whether bringing `stack` to `next` changes a resource, an output or a tag. Resources are resolved with what is there
 * now; a change behind another change shows by the first one.
 */
export function hasChanges(
  stack: Stack,
  next: Definition,
  evaluation: Evaluation,
  resources: ReadonlyMap<string, StackResource>,
): boolean {
  const wanted = [...evaluation.graph.keys()];
  if (wanted.length !== resources.size || wanted.some(logicalId => !resources.has(logicalId))) return true;
  const values = valuesOf(resources);
  const changed = wanted.some(logicalId => {
    const resource = resources.get(logicalId);
    const resolved = evaluation.resource(logicalId, values);
    return !resource || needsUpdate(resource, resolved, next.tags) || metadataChanged(resource, resolved);
  });
  return changed || !isDeepStrictEqual(evaluation.outputs(values), stack.outputs);
}

function metadataChanged(resource: StackResource, resolved: ResolvedResource): boolean {
  return !isDeepStrictEqual(resource.metadata, resolved.metadata);
}
