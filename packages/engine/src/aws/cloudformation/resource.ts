import type { Properties } from '../../core/resource.ts';

export type ResourceStatus =
  | `${'CREATE' | 'UPDATE' | 'DELETE'}_${'IN_PROGRESS' | 'COMPLETE' | 'FAILED'}`
  | 'DELETE_SKIPPED';

/** A call of a resource handler that is under way, also over a crash: it is made again with the same token. */
export interface Work {
  kind: 'create' | 'update' | 'delete';
  token: string;
  /** What the resource is brought to; for delete, what it is. */
  properties: Properties;
}

/** What there was before the operation under way touched a resource. */
export interface Snapshot {
  physicalId: string;
  properties: Properties;
  attributes: Record<string, unknown>;
  metadata?: unknown;
  dependsOn: string[];
  tags: Record<string, string>;
  retainOnDelete: Retain;
  retainOnReplace: Retain;
}

/** Whether a policy keeps the physical resource: never, always, or unless its creation is being rolled back. */
export type Retain = 'no' | 'yes' | 'after-create';

/** A resource of a stack. */
export interface StackResource extends Omit<Snapshot, 'physicalId'> {
  logicalId: string;
  /** For instance `AWS::ECS::Service`. */
  type: string;
  /** Missing until it was created. */
  physicalId?: string;
  status: ResourceStatus;
  reason?: string;
  updatedAt: number;
  /** The pass that is done with this resource, see `passOf`. */
  settledBy?: string;
  work?: Work;
  /** Kept while the operation that changed it can be rolled back; null when that operation created it. */
  before?: Snapshot | null;
}

/**
 * A physical resource that a stack has no more use for: a replaced one, one that the template dropped, one that a
 * rolled back update created. Deleted (or kept) in the clean-up.
 */
export interface Leftover extends StackResource {
  /** `<logical id>/<digest of the physical id>`. */
  key: string;
  keep: boolean;
}

/** A resource that no handler needs to look after any more. */
export function isGone(resource: StackResource): boolean {
  return resource.status === 'DELETE_COMPLETE' || resource.status === 'DELETE_SKIPPED';
}

/** What to go back to when an operation on `resource` fails. */
export function snapshotOf(resource: StackResource & { physicalId: string }): Snapshot {
  const { physicalId, properties, attributes, metadata, dependsOn, tags, retainOnDelete, retainOnReplace } =
    resource;
  return {
    physicalId,
    properties,
    attributes,
    dependsOn,
    tags,
    retainOnDelete,
    retainOnReplace,
    ...(metadata === undefined ? {} : { metadata }),
  };
}
