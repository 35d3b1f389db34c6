import type { Names } from '../names.ts';
import type { Permission } from './role.ts';

/**
 * What a role needs in each of several regions, as few statements: a role is of the whole account, and its policies have
 * little room.
 */
export function inRegions(
  regions: readonly Names[],
  permissionsAt: (there: Names) => readonly Permission[],
): Permission[] {
  if (regions.length === 1) return [...permissionsAt(regions[0]!)];
  const merged = new Map<string, Permission>();
  for (const permission of regions.flatMap(permissionsAt)) {
    const key = JSON.stringify([permission.actions, permission.conditions]);
    const known = merged.get(key);
    const resources = [...new Set([...(known?.resources ?? []), ...permission.resources])];
    merged.set(key, { ...permission, ...known, resources });
  }
  return [...merged.values()];
}

/** Leave to ask what is live in the regions besides the first, of services of these clusters. */
export function lookElsewhere([, ...regions]: readonly Names[], services: string): Permission[] {
  if (regions.length === 0) return [];
  return [
    {
      actions: ['ecs:DescribeServices'],
      resources: regions.map(there => there.arn('ecs', `service/${services}`)),
      because: 'in the clusters of all places, known or to come',
    },
  ];
}
