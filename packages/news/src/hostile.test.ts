import { createTestKit, describeFuzz, describeOpenApi, testCallers } from '@slipway/service-kit/testing';
import { createApp } from './app.ts';
import { createMemoryArticleStore } from './memory-article-store.ts';
import { articleOf } from './testing/stores.ts';

const folder = `${import.meta.dirname}/..`;
const { callers, bearerOf } = await testCallers();
const { id, ...article } = articleOf();
const articles = createMemoryArticleStore();
await articles.add({ id, ...article });

const create = () => createApp({ ...createTestKit(folder), articles, callers });
const options = { authorization: () => bearerOf({ roles: ['editor'] }), known: { id, 'if-match': '"1"' } };
describeOpenApi(folder, create, options);
describeFuzz(folder, create, options);
