import type { Environments } from '@slipway/contract';
import type { Spot } from './names.ts';

type Where = Pick<Environments, 'account' | 'region'> & { readonly environments: readonly Spot[] };

/** The regions in which the home account has artifacts and images: its own and those of all places. */
export function regionsOf({ region, environments }: Where): string[] {
  return [...new Set([region, ...environments.map(place => place.region)])];
}

/** The accounts of places besides the home of the pipelines. */
export function otherAccountsOf({ account, environments }: Where): string[] {
  return [...new Set(environments.map(place => place.account))].filter(other => other !== account);
}

/**
 * Where pipelines need something of their own to stand on, home first: the home account in every region that they
 * reach, then every other account in the regions of its places.
 */
export function spotsOf(where: Where): Spot[] {
  const { account } = where;
  const home = regionsOf(where).map(region => ({ account, region }));
  const others = otherAccountsOf(where).flatMap(other => {
    const places = where.environments.filter(place => place.account === other);
    return [...new Set(places.map(place => place.region))].map(region => ({ account: other, region }));
  });
  return [...home, ...others];
}

export function isHome({ account, region }: Where, spot: Spot): boolean {
  return spot.account === account && spot.region === region;
}

export function placesAt<Place extends Spot>(places: readonly Place[], { account, region }: Spot): Place[] {
  return places.filter(place => place.account === account && place.region === region);
}

/** Roles are of an account, not of a region: they stand in its first region. */
export function isFirstOfItsAccount(where: Where, spot: Spot): boolean {
  return spotsOf(where).find(each => each.account === spot.account)?.region === spot.region;
}

/**
 * Whether another account reads the artifacts of a region: then they are encrypted with a key of their own, since the
 * policy of AWS's own key lets nobody else in.
 */
export function isShared({ account, environments }: Where, region: string): boolean {
  return environments.some(place => place.region === region && place.account !== account);
}
