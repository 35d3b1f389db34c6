import { type Alarms, alarmIssues } from './alarms.ts';
import { type Capacity, capacityIssues } from './capacity.ts';
import { type Domain, domainIssues } from './domain.ts';
import { type Network, networkIssues, rangesOverlap } from './network.ts';

/** What a place is made of, as its file says it, with the path of its keys in that file. */
export interface PlaceParts {
  readonly at: readonly PropertyKey[];
  readonly name: string;
  /** The group that the place belongs to: places of one environment may share a domain. */
  readonly environment: string;
  readonly region: string;
  readonly network: Network;
  readonly capacity: Capacity;
  readonly domain?: Domain | undefined;
  readonly alarms: Alarms;
}

export interface PlaceIssue {
  readonly path: PropertyKey[];
  readonly message: string;
}

/** What is wrong with places, each by itself and beside the others. */
export function placeIssues(places: readonly PlaceParts[], architecture: string): PlaceIssue[] {
  return places.flatMap((place, index) => {
    const { region, network, capacity, domain, alarms } = place;
    const below = (key: string, issues: PlaceIssue[]) =>
      issues.map(({ path, message }) => ({ path: [...place.at, key, ...path], message }));
    const earlier = places.slice(0, index);
    return [
      ...below('network', networkIssues(network, region)),
      ...below('network', overlaps(place, earlier)),
      ...below('capacity', capacityIssues(capacity, architecture)),
      ...(domain ? below('domain', [...domainIssues(domain, region), ...sharedDomain(place, earlier)]) : []),
      ...below('alarms', alarmIssues(alarms, region)),
    ];
  });
}

function overlaps({ network }: PlaceParts, earlier: readonly PlaceParts[]): PlaceIssue[] {
  const other = earlier.find(each => rangesOverlap(each.network.cidr, network.cidr));
  if (other === undefined) return [];
  const message = `overlaps with ${other.network.cidr} of ${other.name}: such networks can never be joined, choose another`;
  return [{ path: ['cidr'], message }];
}

/** Regions of one environment answer for one name, each to who is nearest; two environments cannot. */
function sharedDomain({ domain, environment }: PlaceParts, earlier: readonly PlaceParts[]): PlaceIssue[] {
  const other = earlier.find(each => each.domain?.name === domain?.name && each.environment !== environment);
  return other === undefined ? [] : [{ path: ['name'], message: `is the domain of ${other.name} already` }];
}
