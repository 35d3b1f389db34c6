import type { Environments } from '@slipway/contract';
import type { Spot } from '../names.ts';
import { isHome } from '../spots.ts';
import type { Action, ApprovalAction, Stage } from './stage.ts';

/** As `visit`, but places that Build found to be as the release would make them are left alone. */
export function visitChanged(...visited: Parameters<typeof visit>): Stage[] {
  return visit(...visited).map(({ places, ...stage }) => ({ ...stage, onlyIf: anyChanged(places) }));
}

/** CHANGED holds the names of the places between commas. */
function anyChanged(places: readonly string[]): NonNullable<Stage['onlyIf']> {
  const variable = '#{Build.CHANGED}';
  const [only, ...more] = places;
  return more.length === 0
    ? { variable, contains: `,${only},` }
    : { variable, matches: `.*,(${places.join('|')}),.*` };
}

/**
 * The environments in order, each behind one approval where it wants one: a stage per wave, in which the places of
 * the wave go side by side.
 */
export function visit(
  environments: Environments,
  question: string,
  actions: (place: string) => readonly Action[],
): (Stage & { places: readonly string[] })[] {
  const all = Map.groupBy(environments.environments, place => place.environment);
  const gated = [...all.values()].filter(places => places[0]!.approval).length;
  return [...all].flatMap(([environment, places]) => {
    const waves = [...Map.groupBy(places, place => place.wave)].map(([wave, side]) => ({
      name: `${capitalize(environment)}${wave === 1 ? '' : `Wave${wave}`}`,
      places: side.map(place => place.name),
      actions: side.flatMap(place =>
        actions(place.name)
          .map(action => (side.length === 1 ? action : { ...action, name: `${action.name}-${place.name}` }))
          .map(action => placed(action, environments, place)),
      ),
    }));
    if (!places[0]!.approval) return waves;
    const approve: ApprovalAction = {
      ...{ kind: 'approval', name: 'Approve', runOrder: 1 },
      message: `${question} ${environment}? Commit #{Source.CommitId}`,
    };
    const name = gated === 1 ? 'Approval' : `Approval${capitalize(environment)}`;
    return [{ name, places: places.map(place => place.name), actions: [approve] }, ...waves];
  });
}

/** Stacks and deployments happen where the place is; functions and approvals stay at home. */
function placed(action: Action, environments: Environments, { account, region }: Spot): Action {
  const happensThere = action.kind === 'stack' || action.kind === 'blue-green';
  if (!happensThere || isHome(environments, { account, region })) return action;
  return { ...action, at: { account, region } };
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
