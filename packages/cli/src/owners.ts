import { loadContracts } from '@slipway/contract';

/** The team that answers for a service, by the service's name; the platform has its own. */
export function owners(root: string): (service: string) => string {
  const { services } = loadContracts(root);
  const teams = new Map(services.map(({ name, team }) => [name, team]));
  return service => (service === 'platform' ? 'platform' : (teams.get(service) ?? service));
}
