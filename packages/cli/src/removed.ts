import { serviceName } from '@slipway/contract';
import { stackNames } from './stack.ts';
import type { Target } from './target.ts';

/** What this checkout knows of. */
export interface Known {
  product: string;
  environments: string[];
  /** Every service that has a `service.yaml`, a malformed one as well: what cannot be read is not removed. */
  services: string[];
}

/**
 * The services that have a pipeline or run somewhere and that the checkout has no more, sorted. They go on running until
 * somebody says `slipway remove`.
 */
export async function removedServices(target: Target, known: Known): Promise<string[]> {
  return removedAmong(await stackNames(target, `${known.product}-`), known);
}

/** The services whose stacks are among `stacks` and that are not known. */
export function removedAmong(stacks: string[], { product, environments, services }: Known): string[] {
  const endings = ['pipeline', ...environments].map(ending => `-${ending}`);
  const found = stacks.flatMap(stack =>
    endings
      .filter(ending => stack.startsWith(`${product}-`) && stack.endsWith(ending))
      .map(ending => stack.slice(product.length + 1, -ending.length)),
  );
  return [...new Set(found)].filter(name => isServiceName(name) && !services.includes(name)).sort();
}

/** Whether a service can have this name: `slipway-network-staging` is the platform's, `slipway-news-data-staging` data. */
export function isServiceName(name: string): boolean {
  return serviceName.safeParse(name).success;
}

/** The sentence about a service that nobody removed. */
export function removedLine(service: string): string {
  return `${service} has no directory any more and still runs: npx slipway remove ${service} drains and deletes it (its data is kept).`;
}
