import { defineTexts } from '@slipway/service-kit';

/** What the pages say. */
export const textsOf = defineTexts({
  en: {
    blog: 'Blog',
    lead: 'What people write, the newest first.',
    leadOfAuthor: 'What {name} writes, the newest first.',
    nothingYet: 'Nobody has written yet.',
    feed: 'Feed (Atom)',
    older: 'Older posts',
    newest: 'Newest posts',
    everybody: 'Posts of everybody',
    by: 'By {name}',
    edited: 'changed {time}',
    comments: 'Comments',
    noComments: 'Nobody has commented yet.',
    oldestFirst: 'Oldest first',
    newestFirst: 'Newest first',
    moreComments: 'More comments',
  },
  zh: {
    blog: '博客',
    lead: '大家写的文章，最新的在前。',
    leadOfAuthor: '{name} 写的文章，最新的在前。',
    nothingYet: '还没有人写文章。',
    feed: '订阅（Atom）',
    older: '更早的文章',
    newest: '最新的文章',
    everybody: '所有人的文章',
    by: '作者：{name}',
    edited: '修改于 {time}',
    comments: '评论',
    noComments: '还没有评论。',
    oldestFirst: '最早的在前',
    newestFirst: '最新的在前',
    moreComments: '更多评论',
  },
});
export type BlogTexts = ReturnType<typeof textsOf>;
