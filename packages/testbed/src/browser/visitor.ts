import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/** Somebody with a browser of their own, of whom everything is noted that no page may do. */
export type Visitor = AsyncDisposable & {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors in the console, uncaught ones, violations of the security policy and requests to other hosts. */
  readonly faults: readonly string[];
};

/** A busy machine fails no test. */
const limitMs = 60_000;

/** Opens a browser at `origin`; pages of any other one are faults. */
export async function welcome(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ baseURL: origin, locale: 'en-GB', ...options });
  context.setDefaultTimeout(limitMs);
  const faults: string[] = [];
  await context.exposeFunction('slipwayNote', (words: string) => void faults.push(words));
  await context.addInitScript(noteViolations);
  context.on('request', request => {
    const url = new URL(request.url());
    if (url.origin !== origin && !['data:', 'blob:'].includes(url.protocol)) faults.push(`asks ${url.href}`);
  });
  context.on('console', message => {
    if (message.type() === 'error') faults.push(`${message.page()?.url()} says ${message.text()}`);
  });
  context.on('weberror', error => faults.push(`${error.page()?.url()} throws ${error.error()}`));
  const page = await context.newPage();
  return { context, page, faults, [Symbol.asyncDispose]: () => context.close() };
}

const noteViolations = `document.addEventListener('securitypolicyviolation', event =>
  slipwayNote(location.pathname + ' breaks ' + event.violatedDirective + ' with ' + event.blockedURI));`;
