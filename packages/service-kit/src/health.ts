/** Returns where a service answers health checks. */
export function healthPathOf(path: string): string {
  return `${path}/healthz`;
}

/** Whether a request is a health check: balancers send them all day long, to a process that drains too. */
export function isHealthCheck(url: string | undefined): boolean {
  return /^\/[^/?]+\/healthz$/.test(url ?? '');
}
