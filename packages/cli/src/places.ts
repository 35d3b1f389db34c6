import type { Environments } from '@slipway/contract';
import { UserError } from './errors.ts';
import type { Access, Target } from './target.ts';

/** How each place of environments.yaml is reached, by its name. Throws a UserError for a name that is none. */
export function placesOf({ environments }: Environments, access: Access): (place: string) => Target {
  return name => {
    const place = environments.find(each => each.name === name);
    if (place) return access.at(place);
    const names = environments.map(each => each.name).join(', ');
    throw new UserError(`There is no environment "${name}"; there are: ${names}.`);
  };
}

/** The environment that a place belongs to, which regional names follow: `production` of `production-osaka`. */
export function groupOfPlace(place: string): string {
  return place.split('-', 1)[0]!;
}
