import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/**
 * The security headers of a page, as names and values in turn, made once. Everything a page needs comes from its own origin, Bootstrap's
 * icons from `data:` in its style sheet. TLS ends at the balancer or not at all (on a laptop), so neither HSTS nor
 * an upgrade of requests is ours to ask. Forms tell their origin, by which a foreign one is recognized.
 */
export const pageHeaders: readonly string[] = collect(
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

/**
 * Those of an answer that is no page, for programs: it may be neither guessed at nor framed nor read by other origins.
 * They are few, because every one costs each answer.
 */
export const dataHeaders: readonly string[] = [
  'Content-Security-Policy',
  "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy',
  'same-origin',
  'X-Content-Type-Options',
  'nosniff',
];

function collect(protect: ReturnType<typeof helmet>): string[] {
  const headers: string[] = [];
  const response = {
    setHeader: (name: string, value: string) => void headers.push(name, value),
    removeHeader: () => {},
  };
  protect({} as IncomingMessage, response as unknown as ServerResponse, error => {
    if (error !== undefined) throw error;
  });
  return headers;
}
