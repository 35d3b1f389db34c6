import type { Environments } from '@slipway/contract';
import { spotsOf } from '../aws/access.ts';
import { isServiceName } from '../removed.ts';
import { stackNames } from '../stack.ts';
import type { Access, Spot, Target } from '../target.ts';

/** What a stack is, in the order in which stacks go: each before what it stands on, and before the roles it goes with. */
export const KINDS = [
  ...(['platform-pipeline', 'service', 'data', 'pipeline', 'roles', 'images'] as const),
  ...(['cluster', 'network', 'definition', 'tooling', 'repository'] as const),
] as const;

export type StackKind = (typeof KINDS)[number] | 'unknown';

export interface FoundStack {
  name: string;
  kind: StackKind;
  service?: string;
  /** The name of a place. */
  place?: string;
  spot: Spot;
  target: Target;
}

/** Every stack of the product in every account and region, in the order in which they go; those unknown to us last. */
export async function findStacks(environments: Environments, access: Access): Promise<FoundStack[]> {
  const found: { name: string; spot: Spot }[] = [];
  for (const spot of spotsOf(environments))
    for (const name of await stackNames(access.at(spot), `${environments.name}-`)) found.push({ name, spot });
  const places = placesIn(
    found.map(({ name }) => name),
    environments,
  );
  const stacks = found.map(({ name, spot }) => ({
    ...{ name, spot, target: access.at(spot) },
    ...kindOf(name, { product: environments.name, places }),
  }));
  const rank = ({ kind }: FoundStack): number => (kind === 'unknown' ? KINDS.length : KINDS.indexOf(kind));
  return stacks.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/** The places of environments.yaml, and those that it had: their networks are still there. */
function placesIn(stacks: string[], { name: product, environments }: Environments): string[] {
  const prefix = `${product}-network-`;
  const left = stacks.filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length));
  return [...new Set([...environments.map(({ name }) => name), ...left])];
}

/** What a stack is, by its name: names are fixed. */
export function kindOf(
  name: string,
  { product, places }: { product: string; places: string[] },
): Pick<FoundStack, 'kind' | 'service' | 'place'> {
  const rest = name.slice(product.length + 1);
  if (rest === 'platform-pipeline' || rest === 'definition' || rest === 'repository') return { kind: rest };
  if (/^tooling(-|$)/.test(rest)) return { kind: 'tooling' };
  for (const kind of ['network', 'cluster'] as const)
    if (rest.startsWith(`${kind}-`)) return { kind, place: rest.slice(kind.length + 1) };
  // Images have a stack in each region, roles one in each further account.
  const [, owner, kind] =
    /^(.+)-(?:(pipeline)|(images)(?:-[a-z]{2}(?:-[a-z]+)+-\d)?|(roles)-\d{12})$/
      .exec(rest)
      ?.filter(Boolean) ?? [];
  if (owner && kind) return serviceKind(kind as 'pipeline' | 'images' | 'roles', owner);
  // The longest first: `production-osaka` is not `osaka`.
  for (const place of places.toSorted((a, b) => b.length - a.length)) {
    if (rest.endsWith(`-data-${place}`)) return serviceKind('data', rest.slice(0, -place.length - 6), place);
    if (rest.endsWith(`-${place}`)) return serviceKind('service', rest.slice(0, -place.length - 1), place);
  }
  return { kind: 'unknown' };
}

function serviceKind(
  kind: 'service' | 'data' | 'pipeline' | 'images' | 'roles',
  service: string,
  place?: string,
): Pick<FoundStack, 'kind' | 'service' | 'place'> {
  return isServiceName(service) ? { kind, service, ...(place && { place }) } : { kind: 'unknown' };
}
