/** How names of this engine's stacks are found. */
export interface LocalNames {
  /** The load balancer's DNS name that a record leads to. */
  aliasOf(name: string): string | undefined;
  /** `http://127.0.0.1:<port>` of a load balancer's listener, where it listens. */
  localListener(dnsName: string, port: number): string | undefined;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * The address on this machine of a URL whose host is a load balancer of this engine, or a name in a zone that leads to one:
 * no name server of this machine knows either. The path stays. Undefined for anything else.
 */
export function localAddress(names: LocalNames, text: string): string | undefined {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, hostname, port, pathname, search } = new URL(text);
  const dnsName = names.aliasOf(hostname) ?? hostname;
  const base = names.localListener(dnsName, port === '' ? DEFAULT_PORTS[protocol]! : Number(port));
  if (base === undefined) return undefined;
  return `${base}${pathname === '/' && !text.endsWith('/') ? '' : pathname}${search}`;
}
