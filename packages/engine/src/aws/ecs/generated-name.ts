import type { ResourceRequest } from '../../core/resource.ts';
import type { Ecs } from './ecs.ts';

/** Like CloudFormation's names, and the same for every attempt at this resource. */
export function generatedName({ context, tables }: Ecs, { stack, logicalId }: ResourceRequest): string {
  const key = `name/${stack.id}/${logicalId}`;
  const name = tables.tokens.get(key) ?? `${stack.name}-${logicalId}-${context.ids.hex(12)}`;
  tables.tokens.put(key, name);
  return name;
}
