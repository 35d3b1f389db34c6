import type { Environment } from '@slipway/contract';

/** The internal balancer's listener over HTTP; with a domain it only leads on to the one over TLS. */
export const PRODUCTION_PORT = 80;
export const SECURE_PORT = 443;
/** The listener that leads to a new version before users do. Never public, never over TLS. */
export const TEST_PORT = 9080;

/** Where services are reached, by users and by each other: over TLS as soon as there is a domain to prove. */
export function productionPort({ domain }: Pick<Environment, 'domain'>): number {
  return domain ? SECURE_PORT : PRODUCTION_PORT;
}
