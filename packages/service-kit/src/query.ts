import { Problem } from './problem.ts';

/** What a query can hold: a parameter that is given more than once is a list. */
export type Query = Record<string, string | string[]>;

/** Returns the parameters of a URL's query. Throws Problem 400 where an escape is no text in UTF-8. */
export function parseQuery(url: string): Query {
  const start = url.indexOf('?');
  const query: Query = Object.create(null);
  if (start === -1) return query;
  for (const pair of url.slice(start + 1).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    const known = query[name];
    if (known === undefined) query[name] = value;
    else query[name] = Array.isArray(known) ? [...known, value] : [known, value];
  }
  return query;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw new Problem(400, 'The query has an escape that is no text in UTF-8.', { cause });
  }
}
