import type { Contract, Sidecar } from '@slipway/contract';
import type { Names } from '../names.ts';
import type { Placement } from './task-definition.ts';

/** What a service finds in its environment in every release: the team's own, where its data is, and whom it calls. */
export function serviceVariables(
  names: Names,
  service: Contract,
  environment: Placement['environment'],
): Record<string, string> {
  const deployed = names.deployed(service.name, environment.name);
  const tables = Object.keys(service.tables).map(name => [`TABLE_${upper(name)}`, deployed.table(name)]);
  const buckets = Object.keys(service.buckets).map(name => [`BUCKET_${upper(name)}`, deployed.bucket(name)]);
  const address = names.internalAddress(environment);
  const calls = service.callees.map(({ name, path }) => [`SERVICE_${upper(name)}_URL`, `${address}${path}`]);
  return {
    ...service.environment,
    ...Object.fromEntries([...tables, ...buckets, ...calls]),
    ...containerAddresses(service),
    PORT: String(service.port),
    SLIPWAY_CHECKS: service.checks.join(' '),
    SLIPWAY_PATH: service.path,
    SLIPWAY_SERVICE: service.name,
    SLIPWAY_ENVIRONMENT: environment.environment,
  };
}

/**
 * What a sidecar of the service's own image finds: all that the service does, since it has the same role, but for the
 * port, which is its own, and for the secrets, which it names itself. Its own variables stand over the team's.
 */
export function sidecarVariables(
  { names, service, environment }: Placement,
  { ports, environment: own }: Sidecar,
): Record<string, string> {
  const { PORT: _, ...shared } = serviceVariables(names, service, environment);
  return { ...shared, ...own, ...(ports[0] !== undefined && { PORT: String(ports[0]) }) };
}

/** Containers of a task share one network interface, and with it the loopback address. */
function containerAddresses({ containers }: Contract): Record<string, string> {
  const listening = Object.entries(containers).filter(([, { ports }]) => ports.length > 0);
  return Object.fromEntries(
    listening.map(([name, { ports }]) => [`CONTAINER_${upper(name)}`, `127.0.0.1:${ports[0]}`]),
  );
}

function upper(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}
