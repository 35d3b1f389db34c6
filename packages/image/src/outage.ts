import { RegistryFailure } from '@slipway/oci';

/** Waits a moment before the next attempt; false when there have been enough. `attempt` counts from 1. */
export type Outage = (attempt: number) => Promise<boolean>;

/**
 * Does something with a registry and, when the registry is away or breaks off, all of it again: what is there already
 * is not sent twice. AWS's own calls are repeated by the SDK. Throws the failure once `outage` gives up.
 */
export async function overOutage<T>(act: () => Promise<T>, outage: Outage): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (!isOutage(error) || !(await outage(attempt))) throw error;
    }
  }
}

/** Not reached, broken off, or not able to answer just now; whatever says where it happened may be wrapped around it. */
function isOutage(error: unknown): boolean {
  if (error instanceof RegistryFailure) return error.status === 0 || error.status >= 500;
  const { name, cause } = (error ?? {}) as { name?: string; cause?: { code?: string } };
  if (name === 'TypeError') return ['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE'].includes(cause?.code ?? '');
  return cause !== undefined && isOutage(cause);
}
