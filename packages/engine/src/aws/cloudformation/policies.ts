import type { DeletionPolicy } from '@slipway/assembly';
import type { Retain, StackResource } from './resource.ts';

/** Whether a policy of a template keeps the physical resource. `Snapshot` is refused before it comes here. */
export function retainOf(policy: DeletionPolicy): Retain {
  if (policy === 'Retain') return 'yes';
  return policy === 'RetainExceptOnCreate' ? 'after-create' : 'no';
}

/** Whether deleting `resource` only forgets it. */
export function keepsOnDelete(resource: StackResource, { rollingBackItsCreation = false } = {}): boolean {
  const { retainOnDelete } = resource;
  return retainOnDelete === 'yes' || (retainOnDelete === 'after-create' && !rollingBackItsCreation);
}
