import { dirname } from 'node:path';
import type { ContainerConfig } from '@slipway/oci';
import type { Placement } from './container.ts';

export interface EnvironmentRequest {
  config: ContainerConfig;
  environment: Record<string, string>;
  placement: Placement;
  node: string;
  tmp: string;
  home: string;
}

/**
 * How long a service waits for late requests after SIGTERM, where its task does not say so itself. On ECS the balancer
 * may still send some; here a task is stopped only after the balancer has said that it gets nothing any more.
 */
const DRAIN_QUIET_MS = '50';

/**
 * The whole environment of a container: the image's, over it the task's, over it what the runtime decides. Nothing of
 * the engine's own is passed on. `PORT` stays unless the task's port is another one here.
 */
export function containerEnvironment(request: EnvironmentRequest): Record<string, string> {
  const { config, environment, placement, node, tmp, home } = request;
  const declared = { ...imageEnvironment(config), ...environment };
  const path = declared.PATH ?? '/usr/local/bin:/usr/bin:/bin';
  return {
    DRAIN_QUIET_MS,
    ...declared,
    ...overriddenPort(declared.PORT, placement),
    HOST: placement.address,
    HOSTNAME: `ip-${placement.address.replaceAll('.', '-')}`,
    HOME: home,
    TMPDIR: tmp,
    PATH: `${dirname(node)}:${path}`,
  };
}

function imageEnvironment({ Env = [] }: ContainerConfig): Record<string, string> {
  const pairs = Env.map(each => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]);
  return Object.fromEntries(pairs.filter(([name]) => name !== ''));
}

function overriddenPort(declared: string | undefined, { ports }: Placement): Record<string, string> {
  const entries = Object.entries(ports);
  const mine = entries.find(([containerPort]) => containerPort === declared) ?? entries[0];
  if (!mine || String(mine[1]) === mine[0]) return {};
  return { PORT: String(mine[1]) };
}
