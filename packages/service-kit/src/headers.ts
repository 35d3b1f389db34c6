import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/**
 * The security headers of every answer, made once. Everything a page needs comes from its own origin, Bootstrap's
 * icons from `data:` in its style sheet. TLS ends at the balancer or not at all (on a laptop), so neither HSTS nor
 * an upgrade of requests is ours to ask. Forms tell their origin, by which a foreign one is recognized.
 */
export const securityHeaders: readonly (readonly [name: string, value: string])[] = collect(
  helmet({
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'same-origin' },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
  }),
);

/** Sets them on an answer that somebody else writes. */
export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of securityHeaders) response.setHeader(name, value);
}

function collect(protect: ReturnType<typeof helmet>): [string, string][] {
  const headers: [string, string][] = [];
  const response = {
    setHeader: (name: string, value: string) => void headers.push([name, value]),
    removeHeader: () => {},
  };
  protect({} as IncomingMessage, response as unknown as ServerResponse, error => {
    if (error !== undefined) throw error;
  });
  return headers;
}
