import { loadEnvironments } from '@slipway/contract';
import { UserError } from '../errors.ts';
import type { Access, Spot, Target } from '../target.ts';
import type { World } from '../world.ts';

/**
 * How each account of environments.yaml is reached: by `--profile <account>=<name>`, else by `--profile <name>`, else by
 * whatever the environment gives. Regions are those of environments.yaml. Throws a UserError for a profile that is none.
 */
export function awsAccess(world: World, profiles: string[]): Access {
  const { account, region } = loadEnvironments(world.root);
  const byAccount = new Map<string, string>();
  let usual: string | undefined;
  for (const each of profiles) {
    const [, of, name] = /^(?:(\d{12})=)?([\w.@+-]{1,128})$/.exec(each) ?? [];
    if (name === undefined)
      throw new UserError(`--profile is "${each}": give the name of a profile, or <account>=<name>.`);
    if (of === undefined) usual = name;
    else byAccount.set(of, name);
  }
  // What answers on this machine may be asked often.
  const pause = /^http:\/\/127\./.test(world.env.AWS_ENDPOINT_URL ?? '') ? { pauseMs: 100 } : {};
  const at = (spot: Spot): Target => {
    const profile = byAccount.get(spot.account) ?? usual;
    return { region: spot.region, ...(profile && { profile }), ...pause };
  };
  return { home: at({ account, region }), at };
}

/** Every account and region of environments.yaml once, the pipelines' home first. */
export function spotsOf(environments: Spot & { environments: readonly Spot[] }): Spot[] {
  const spots = new Map<string, Spot>();
  for (const { account, region } of [environments, ...environments.environments])
    spots.set(`${account}/${region}`, { account, region });
  return [...spots.values()];
}
