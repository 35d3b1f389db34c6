import type { ResourceHandlers } from '../../core/resource.ts';
import { isGone } from './resource.ts';
import type { Tables } from './tables.ts';

/** What users of AWS would get and users of this machine do not, and the stacks that ask for it. */
export interface NotCarriedOut {
  what: string;
  stacks: string[];
}

/** What the stacks that are there ask for and this engine only records, sorted; each thing once. */
export function notCarriedOut(tables: Tables, handlers: ResourceHandlers): NotCarriedOut[] {
  const found = new Map<string, Set<string>>();
  for (const stack of tables.stacks.values()) {
    if (stack.status === 'DELETE_COMPLETE') continue;
    for (const resource of tables.resources.values(`${stack.key}/`)) {
      if (isGone(resource)) continue;
      for (const what of handlers[resource.type]?.notCarriedOut?.(resource.properties) ?? [])
        found.set(what, (found.get(what) ?? new Set()).add(stack.name));
    }
  }
  return [...found].map(([what, stacks]) => ({ what, stacks: [...stacks].sort() })).sort(byText);
}

function byText(a: NotCarriedOut, b: NotCarriedOut): number {
  return a.what < b.what ? -1 : 1;
}
