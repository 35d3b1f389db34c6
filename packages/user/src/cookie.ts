import type { IncomingMessage } from 'node:http';

/** The paths below which a browser sends the cookie, and no other service's. */
const path = '/users/sessions';

/** The cookie of the refresh token: no script reads it, and no other site's page sends it. */
export type RefreshCookie = {
  /** Returns the refresh token that came with the request, if any. */
  readonly read: (request: IncomingMessage) => string | undefined;
  /** Returns the header that sets it for so many seconds; with 0 it goes. */
  readonly write: (request: IncomingMessage, refreshToken: string, seconds: number) => string;
};

export function createRefreshCookie(name: string): RefreshCookie {
  return {
    read: ({ headers }) => {
      for (const pair of (headers.cookie ?? '').split(';')) {
        const [key, value] = pair.split('=', 2);
        if (key?.trim() === name) return value?.trim();
      }
      return undefined;
    },
    write: (request, refreshToken, seconds) => {
      const attributes = [`Path=${path}`, `Max-Age=${seconds}`, 'HttpOnly', 'SameSite=Strict'];
      return [`${name}=${refreshToken}`, ...attributes, ...(isHttps(request) ? ['Secure'] : [])].join('; ');
    },
  };
}

/** TLS ends at the balancer, which says so; on a laptop there is none, and a browser would keep no `Secure` cookie. */
function isHttps({ headers }: IncomingMessage): boolean {
  return (
    String(headers['x-forwarded-proto'] ?? '')
      .split(',')
      .at(-1)
      ?.trim() === 'https'
  );
}
