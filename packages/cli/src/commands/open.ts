import { spawn } from 'node:child_process';
import { loadContracts, loadEnvironments } from '@slipway/contract';
import { doorUrl } from '../balancers.ts';
import { UserError } from '../errors.ts';
import { placesOf } from '../places.ts';
import { operatorAccess, type TargetOptions } from '../target.ts';
import type { World } from '../world.ts';

export interface OpenOptions extends TargetOptions {
  service?: string;
  environment: string;
}

/** `slipway open [service]`: prints where it is reached; on a terminal one service's page is opened as well. */
export async function open(world: World, options: OpenOptions): Promise<number> {
  const { service, environment } = options;
  const access = await operatorAccess(world, options);
  const environments = loadEnvironments(world.root);
  const { name: product } = environments;
  const target = placesOf(environments, access)(environment);
  const { services } = loadContracts(world.root);
  const chosen = services.filter(each => service === undefined || each.name === service);
  if (chosen.length === 0) {
    const names = services.map(each => each.name).join(', ');
    throw new UserError(`There is no service "${service}" in this checkout; there are: ${names}.`);
  }
  const door = await doorUrl(target, product, environment);
  if (!door)
    throw new UserError(`The environment ${environment} has no address yet: nothing is released there.`);
  for (const each of chosen) world.say(`${door}${each.path}/`);
  if (world.terminal && service !== undefined) openBrowser(world, `${door}${chosen[0]!.path}/`);
  return 0;
}

/** A machine without a browser is no failure: the address stands there. */
function openBrowser(world: World, url: string): void {
  const program = world.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [url], { stdio: 'ignore', detached: true });
  child.once('error', () => undefined);
  child.unref();
}
