import { createServer } from 'node:net';
import { UserError } from './errors.ts';

/** The local ports of one environment. */
export interface Door {
  environment: string;
  /** Production traffic: what users reach. */
  port: number;
  /** The test listener: the new version before users see it. */
  testPort: number;
}

/** Where the engine answers unless SLIPWAY_PORT says otherwise. */
export const DEFAULT_PORT = 4566;
const FIRST_PORT = 8080;
const TEST_OFFSET = 1000;

/**
 * A port per door: production 8080, staging 8081, further environments upward; the test listener is 1000 above.
 * `SLIPWAY_<ENVIRONMENT>_PORT` moves one. Throws a UserError for a value that is no port.
 */
export function doorsOf(environments: string[], env: Record<string, string | undefined>): Door[] {
  const production = environments.filter(name => name === 'production');
  const ordered = [...production, ...environments.filter(name => name !== 'production')];
  return ordered.map((environment, index) => {
    const variable = variableOf(environment);
    const port = portOf(variable, env[variable], FIRST_PORT + index);
    return { environment, port, testPort: port + TEST_OFFSET };
  });
}

/** The ports of a door, with the variable that moves them. */
export function portsOf(door: Door): { port: number; variable: string }[] {
  return [door.port, door.testPort].map(port => ({ port, variable: variableOf(door.environment) }));
}

function variableOf(environment: string): string {
  return `SLIPWAY_${environment.toUpperCase().replaceAll('-', '_')}_PORT`;
}

/** The port that `variable` names, or `otherwise`. Throws a UserError when it is no port number. */
export function portOf(variable: string, value: string | undefined, otherwise: number): number {
  if (value === undefined || value === '') return otherwise;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 1 && port <= 65535 - TEST_OFFSET) return port;
  throw new UserError(`${variable} is "${value}": give a port between 1 and ${65535 - TEST_OFFSET}.`);
}

/** Throws a UserError for the first port that another program holds. */
export async function requireFreePorts(ports: { port: number; variable: string }[]): Promise<void> {
  for (const { port, variable } of ports) {
    if (!(await isFree(port))) {
      throw new UserError(
        `Port ${port} is in use by another program: stop it, or set ${variable} to a free port.`,
      );
    }
  }
}

/** Whether nobody listens on the port of the loopback address. */
export function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
