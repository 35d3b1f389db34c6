import { CLOUDFORMATION_ACTIONS, type KnownType, type TypeActions } from './cloudformation-actions.ts';
import type { Permission } from './role.ts';

/** What CloudFormation may do for resources of these types. */
export interface Grant {
  readonly types: readonly string[];
  readonly permissions: readonly Permission[];
}

export interface GrantOptions {
  /** Why the resources' wildcard must be, where it does not explain itself. */
  readonly because?: string;
  /** What must hold of a resource before it is taken away or loosened. */
  readonly removeOnlyIf?: Readonly<Record<string, unknown>>;
}

/** Leave to make, read, change and delete resources of a type, limited to those named. */
export function grant(type: KnownType, resources: readonly string[], options: GrantOptions = {}): Grant {
  const { own, remove = [], look = [] }: TypeActions = CLOUDFORMATION_ACTIONS[type];
  const { because, removeOnlyIf } = options;
  const on = { resources, ...(because !== undefined && { because }) };
  const permissions: Permission[] = [
    { actions: own, ...on },
    { actions: remove, ...on, ...(removeOnlyIf && { conditions: removeOnlyIf }) },
    { actions: look, resources: ['*'], because: `these calls know no resources (CloudFormation, ${type})` },
  ];
  return { types: [type], permissions: permissions.filter(({ actions }) => actions.length > 0) };
}

export function permissionsIn(grants: readonly Grant[]): Permission[] {
  return grants.flatMap(({ permissions }) => permissions);
}
