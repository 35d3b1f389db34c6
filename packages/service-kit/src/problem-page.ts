import { html } from './html.ts';
import { defineTexts, type Language } from './language.ts';
import type { Page } from './page.ts';
import type { Problem } from './problem.ts';

const textsOf = defineTexts({
  en: {
    notFound: 'Not found',
    notAvailable: 'Not available at the moment',
    refused: 'This did not work',
  },
  zh: { notFound: '没有找到', notAvailable: '暂时无法使用', refused: '没有成功' },
});

/** Returns the page that tells a reader what went wrong. */
export function showProblem({ status, message }: Problem, language: Language): Page {
  const { notFound, notAvailable, refused } = textsOf(language);
  const title = status === 404 ? notFound : status >= 500 ? notAvailable : refused;
  return { title, lead: message, content: html`` };
}
