import { type Route, route } from '@slipway/service-kit';
import * as z from 'zod';
import { markdownSchema, refuseFaulty } from '../text.ts';
import { maxPostLength } from './limits.ts';
import type { LoadMarkdown } from './markdown.ts';

/** Shows a text as it will be shown once it is written: by the same parser and the same sanitizer. */
export function previewRoute(markdown: LoadMarkdown): Route {
  return route({
    method: 'post',
    path: '/preview',
    summary: 'See Markdown as a post would show it',
    caller: 'required',
    body: z.strictObject({ body: markdownSchema(maxPostLength) }),
    answers: { 200: { description: 'Safe HTML', schema: z.strictObject({ html: z.string() }) } },
    handle: async ({ body }) => {
      const loaded = await markdown();
      refuseFaulty(body, loaded);
      return { status: 200, body: { html: loaded.render(body.body, postHeading).html } };
    },
  });
}

/** A post's title is the page's first heading, its own headings stand below; comments stand below that again. */
export const postHeading = 2;
export const commentHeading = 4;
