import type { RequestHandler } from 'express';
import type { Kit } from './kit.ts';
import { chooseLanguage } from './language.ts';
import { type Page, renderPage } from './page.ts';
import { Problem } from './problem.ts';
import { showProblem } from './problem-page.ts';
import { parseQuery } from './query.ts';
import { sendContent } from './reply.ts';
import { contextOf } from './request-context.ts';
import { joinPath } from './router.ts';
import type { PageRoute, ServiceDefinition } from './service.ts';

/** Answers with a page; what goes wrong is a page, too, for who asks for HTML. */
export function answerPage(
  kit: Kit,
  { path, routes }: Pick<ServiceDefinition, 'path' | 'routes'>,
  { path: below, page: read }: PageRoute,
): RequestHandler {
  const template = joinPath(path, below);
  const shared = routes.some(route => route.method === 'get' && route.path === below);
  return async function page(request, response, next) {
    const wanted = request.accepts(['json', 'html']) === 'html';
    if (shared && !wanted) return next();
    contextOf(response).route = template;
    const query = parseQuery(request.url);
    const language = chooseLanguage(query.lang, request.headers['accept-language']);
    const params = request.params as Record<string, string>;
    const at = below === '/' ? `${path}/` : request.path;
    const whoAnswers = kit.whoAmI(request.socket.localAddress);
    const send = async (status: number, shown: Page, headers: Readonly<Record<string, string>> = {}) => {
      const frame = { path, at, page: shown, identity: await whoAnswers, language, query };
      sendContent(response, {
        status,
        type: 'text/html; charset=utf-8',
        content: renderPage(frame),
        headers: { ...headers, 'Cache-Control': 'no-store', 'Content-Language': language, Vary: vary },
      });
    };
    try {
      await send(200, await read({ language, query, request, params }));
    } catch (error) {
      if (!wanted || !(error instanceof Problem) || response.headersSent) throw error;
      if (error.status >= 500) contextOf(response).log.warn({ err: error }, 'not available');
      await send(error.status, showProblem(error, language), error.headers);
    }
  };
}

const vary = 'Accept, Accept-Language';
