import { isGone } from './resource.ts';
import type { Tables } from './tables.ts';

/** Where a recorded name leads: the DNS name of the load balancer behind an alias record; undefined when there is none. */
export function aliasOf(tables: Tables, name: string): string | undefined {
  for (const { type, properties, ...resource } of tables.resources.values()) {
    if (type !== 'AWS::Route53::RecordSet' || isGone({ type, properties, ...resource })) continue;
    if (plain(properties.Name) !== plain(name)) continue;
    const target = (properties.AliasTarget as { DNSName?: unknown } | undefined)?.DNSName;
    if (typeof target === 'string') return plain(target)?.replace(/^dualstack\./, '');
  }
  return undefined;
}

function plain(name: unknown): string | undefined {
  return typeof name === 'string' ? name.toLowerCase().replace(/\.$/, '') : undefined;
}
