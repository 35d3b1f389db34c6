import { RegistryClient } from '@slipway/oci';
import type { Ecr } from './ecr.ts';

/** The client for the registry that an image reference names. */
export type Registries = (registry: string) => Promise<RegistryClient>;

const privateEcr = /^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/**
 * Private ECR registries are reached with ECR's own authorization, at the endpoint that ECR names: on AWS the registry
 * itself, on a laptop the engine. All others are pulled from without credentials.
 */
export function createRegistries(ecr: Ecr): Registries {
  const clients = new Map<string, Promise<RegistryClient>>();
  return registry => {
    const known = clients.get(registry) ?? connect(registry, ecr);
    clients.set(registry, known);
    return known;
  };
}

async function connect(registry: string, ecr: Ecr): Promise<RegistryClient> {
  const region = privateEcr.exec(registry)?.[1];
  if (region === undefined) return new RegistryClient({ url: publicUrl(registry) });
  const { endpoint, credentials } = await ecr.authorize(region);
  const isOnAws = privateEcr.test(new URL(endpoint).host);
  return new RegistryClient({ url: isOnAws ? `https://${registry}` : endpoint, credentials });
}

function publicUrl(registry: string): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  const isLocal = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(registry);
  return `${isLocal ? 'http' : 'https'}://${registry}`;
}
