import { Problem } from '@slipway/service-kit';
import type { ArticleStore } from './article-store.ts';

/** The same store, which answers with a problem of status 503 while what it keeps cannot be reached. */
export function answerOutages(store: ArticleStore): ArticleStore {
  return {
    add: article => orOutage(store.add(article)),
    find: id => orOutage(store.find(id)),
    change: article => orOutage(store.change(article)),
    withdraw: article => orOutage(store.withdraw(article)),
    list: wish => orOutage(store.list(wish)),
    listCategories: at => orOutage(store.listCategories(at)),
    check: () => store.check(),
  };
}

async function orOutage<Value>(answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (cause) {
    if (!isOutage(cause)) throw cause;
    throw new Problem(503, 'The articles cannot be reached at the moment: try again soon.', {
      headers: { 'Retry-After': '5' },
      cause,
    });
  }
}

/**
 * Whether the table, and not what was asked of it, is at fault: it does not answer, refuses for lack of capacity or is
 * not there. Anything else is a bug of ours.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
function isOutage(error: unknown): boolean {
  const { name, $fault, $metadata } = Object(error) as Partial<Record<string, unknown>>;
  // What the SDK gave up on is the client's fault only where DynamoDB has said so.
  return ($metadata !== undefined && $fault !== 'client') || outages.has(String(name));
}

const outages: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ResourceNotFoundException',
  'ThrottlingException',
]);
