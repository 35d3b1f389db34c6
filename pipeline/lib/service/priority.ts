import { createHash } from 'node:crypto';

/**
 * A service's place among a listener's rules, 1 to 50,000. It follows from its name alone, so that a new service
 * never moves another one's rule. Which number it is does not matter: no two services share a path.
 */
export function rulePriority(service: string): number {
  return (createHash('sha256').update(service).digest().readUInt32BE(0) % 50_000) + 1;
}
