import { decodeCursor, type PageRequest, Problem, type ServiceDefinition } from '@slipway/service-kit';
import { commentIdSchema } from '../comments/comment.ts';
import type { LoadMarkdown } from '../markdown/markdown.ts';
import { findPost } from '../posts/post-routes.ts';
import { postPositionSchema } from '../posts/post-store.ts';
import { slugSchema } from '../posts/slug.ts';
import type { Stores } from '../stores.ts';
import { showList } from './list-page.ts';
import { showPost } from './post-page.ts';
import { showWriting } from './write-page.ts';

const postsOnPage = 10;
const commentsOnPage = 20;

/** The pages: the posts, one post with its comments, writing and changing a post. */
export function blogPages({
  posts,
  comments,
  markdown,
}: Stores & { markdown: LoadMarkdown }): Pick<ServiceDefinition, 'page' | 'pages'> {
  const find = ({ params }: Asked) => {
    if (!slugSchema.safeParse(params.id).success) throw new Problem(404, 'There is no such post.');
    return findPost(posts, params.id!);
  };
  return {
    page: async asked => {
      const [author, cursor] = [read(asked, 'author'), read(asked, 'after')];
      const after = cursor === undefined ? undefined : decodeCursor(cursor, postPositionSchema);
      const range = { limit: postsOnPage, after };
      const part = await (author === undefined ? posts.listNewest(range) : posts.listByAuthor(author, range));
      return showList({ ...ask(asked), part, author, further: after !== undefined });
    },
    pages: [
      { path: '/write', page: async asked => showWriting(ask(asked)) },
      {
        path: '/posts/:id/edit',
        page: async asked => showWriting({ ...ask(asked), post: await find(asked) }),
      },
      {
        path: '/posts/:id',
        page: async asked => {
          const post = await find(asked);
          const order = read(asked, 'order') === 'newest' ? 'newest' : 'oldest';
          const cursor = read(asked, 'after');
          const after = cursor === undefined ? undefined : decodeCursor(cursor, commentIdSchema);
          const said = await comments.list(post.id, order, { limit: commentsOnPage, after });
          const { render } = await markdown();
          return showPost({ ...ask(asked), post, comments: said, order, render });
        },
      },
    ],
  };
}

type Asked = PageRequest & { readonly params: Readonly<Record<string, string>> };

function ask({ language, query }: PageRequest) {
  return { language, lang: query.lang === language ? language : undefined };
}

/** Returns a parameter that is given once and with a value that one can have. */
function read({ query }: PageRequest, name: string): string | undefined {
  const value = query[name];
  return typeof value === 'string' && value !== '' && value.length <= 1024 ? value : undefined;
}
