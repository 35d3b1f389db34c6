import {
  type Caller,
  cursorOf,
  encodeCursor,
  type Kit,
  Problem,
  pageOf,
  type Route,
  requireMatch,
  route,
} from '@slipway/service-kit';
import * as z from 'zod';
import {
  type Article,
  articleChangeSchema,
  articleSchema,
  changeArticle,
  headlineSchema,
  isPublished,
  movesPublished,
  newArticleSchema,
  publishArticle,
} from './article.ts';
import {
  type ArticleStore,
  endOfTime,
  mostCategories,
  placePattern,
  type Slice,
  type WriteOutcome,
} from './article-store.ts';
import { instantOrDaySchema } from './instant.ts';
import { labelSchema } from './label.ts';
import { listPublished } from './published.ts';

/** The role that a token must have for whoever writes. */
const editor = { role: 'editor' } as const;

const limitSchema = z.coerce.number().int().min(1).max(100).default(20);
const cursorSchema = cursorOf(z.string().regex(placePattern)).optional();
const idSchema = z.strictObject({ id: z.uuid() });
const ifMatchSchema = z.object({
  'if-match': z.string().max(200).optional().describe('The ETag of the version that was read.'),
});
const articlePage = pageOf(headlineSchema);

const unavailable = { 503: { description: 'The articles, or the keys of tokens, cannot be reached' } };
const notFound = { 404: { description: 'No such article, or it is not published yet' } };
const conflicts = {
  412: { description: 'Another change came first' },
  428: { description: 'If-Match is missing' },
};

/** Routes of the articles: anybody reads, editors write. */
export function articleRoutes({
  articles,
  now,
  newId,
}: Pick<Kit, 'now' | 'newId'> & { readonly articles: ArticleStore }): readonly Route[] {
  const findWhatReadersSee = async (id: string, caller: Caller | undefined): Promise<Article> => {
    const article = await articles.find(id);
    if (article === undefined) throw unknownArticle(id);
    if (!isPublished(article, now()) && !isEditor(caller)) throw unknownArticle(id);
    return article;
  };

  return [
    route({
      method: 'get',
      path: '/articles',
      summary: 'List what is published, the newest first',
      description: 'A page may have fewer articles than its limit; the list ends where `next` is missing.',
      query: z.strictObject({
        category: labelSchema.optional(),
        tag: labelSchema.optional(),
        from: instantOrDaySchema.optional().describe('Published at this time or later; a day begins in UTC.'),
        to: instantOrDaySchema.optional().describe('Published before this time.'),
        limit: limitSchema,
        cursor: cursorSchema,
      }),
      answers: { 200: { description: 'A page of headlines', schema: articlePage }, ...unavailable },
      handle: async ({ query: { cursor, ...query } }) => ({
        status: 200,
        body: pageOfSlice(await listPublished(articles, { ...query, below: cursor }, now())),
      }),
    }),
    route({
      method: 'get',
      path: '/articles/:id',
      summary: 'Read an article',
      caller: 'optional',
      params: idSchema,
      answers: { 200: { description: 'The article', schema: articleSchema }, ...notFound, ...unavailable },
      handle: async ({ params, caller }) => {
        const article = await findWhatReadersSee(params.id, caller);
        return { status: 200, headers: { ETag: tagOf(article) }, body: article };
      },
    }),
    route({
      method: 'get',
      path: '/categories',
      summary: 'List the categories in which something is published',
      answers: {
        200: {
          description: 'The categories',
          schema: z.strictObject({ categories: z.array(z.string()) }),
        },
        ...unavailable,
      },
      handle: async () => ({ status: 200, body: { categories: await articles.listCategories(now()) } }),
    }),
    route({
      method: 'get',
      path: '/scheduled',
      summary: 'List what will be published, the latest first',
      caller: editor,
      query: z.strictObject({ limit: limitSchema, cursor: cursorSchema }),
      answers: { 200: { description: 'A page of headlines', schema: articlePage }, ...unavailable },
      handle: async ({ query: { limit, cursor } }) => {
        const from = new Date(now().getTime() + 1).toISOString();
        const slice = await articles.list({ from, below: cursor ?? endOfTime, limit });
        return { status: 200, body: pageOfSlice(slice) };
      },
    }),
    route({
      method: 'post',
      path: '/articles',
      summary: 'Publish an article, now or at a later time',
      caller: editor,
      body: newArticleSchema,
      answers: {
        201: { description: 'The article', schema: articleSchema },
        409: { description: 'There are too many categories' },
        ...unavailable,
      },
      handle: async ({ body, caller, log }) => {
        const author = { sub: caller.id, name: caller.name };
        const article = publishArticle(body, { id: newId(), author, at: now() });
        settle(await articles.add(article));
        log.info({ article: article.id, publishAt: article.publishAt }, 'article published');
        const headers = { Location: `/news/articles/${article.id}`, ETag: tagOf(article) };
        return { status: 201, headers, body: article };
      },
    }),
    route({
      method: 'patch',
      path: '/articles/:id',
      summary: 'Change an article',
      description: 'If-Match names the version that is changed: the ETag with which it was read.',
      caller: editor,
      params: idSchema,
      headers: ifMatchSchema,
      body: articleChangeSchema,
      answers: {
        200: { description: 'The article', schema: articleSchema },
        409: { description: 'There are too many categories, or the article is published and keeps its time' },
        ...notFound,
        ...conflicts,
        ...unavailable,
      },
      handle: async ({ params, body, caller, request, log }) => {
        const before = await findWhatReadersSee(params.id, caller);
        requireMatch(request, tagOf(before), { required: true });
        if (movesPublished(before, body, now())) {
          throw new Problem(409, 'The article is published: its time stays. Withdraw it to publish it anew.');
        }
        const article = changeArticle(before, body, now());
        settle(await articles.change(article));
        log.info({ article: article.id, version: article.version }, 'article changed');
        return { status: 200, headers: { ETag: tagOf(article) }, body: article };
      },
    }),
    route({
      method: 'delete',
      path: '/articles/:id',
      summary: 'Withdraw an article',
      caller: editor,
      params: idSchema,
      headers: ifMatchSchema,
      answers: { 204: { description: 'It is gone' }, ...notFound, ...conflicts, ...unavailable },
      handle: async ({ params, caller, request, log }) => {
        const article = await findWhatReadersSee(params.id, caller);
        requireMatch(request, tagOf(article), { required: true });
        settle(await articles.withdraw(article));
        log.info({ article: article.id }, 'article withdrawn');
        return { status: 204 };
      },
    }),
  ];
}

/** Names the version of an article, as If-Match and If-None-Match hand it back. */
function tagOf({ version }: Article): string {
  return `"${version}"`;
}

function pageOfSlice({ articles, next }: Slice) {
  return { items: articles, ...(next !== undefined && { next: encodeCursor(next) }) };
}

function isEditor(caller: Caller | undefined): boolean {
  return caller?.roles.includes(editor.role) ?? false;
}

function unknownArticle(id: string): Problem {
  return new Problem(404, `There is no article ${id}.`);
}

/** Throws Problem where a write was not made. */
function settle(outcome: WriteOutcome): void {
  if (outcome === 'outdated') throw new Problem(412, 'It has changed since you read it: read it again.');
  if (outcome === 'too-many-categories') {
    throw new Problem(409, `There are ${mostCategories} categories already: use one of them.`);
  }
}
