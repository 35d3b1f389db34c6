import type { Action, Condition, RuleEntry } from './table.ts';
import { matchesWildcard } from './wildcard.ts';

/** What rules look at in a request. */
export interface RequestView {
  method: string;
  /** Without its port. */
  host: string;
  /** As it was sent, without the query. */
  path: string;
  /** Without the `?`. */
  query: string;
  header(name: string): string | undefined;
}

/**
 * The action of the first rule whose conditions all hold. Rules come in the order of their priority, the default
 * last. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
 */
export function chooseAction(rules: RuleEntry[], request: RequestView): Action | undefined {
  return rules.find(rule => rule.conditions.every(condition => holds(condition, request)))?.action;
}

function holds(condition: Condition, request: RequestView): boolean {
  switch (condition.field) {
    case 'path-pattern':
      return condition.values.some(pattern => matchesWildcard(pattern, request.path));
    case 'host-header':
      return matchesLoosely(condition.values, request.host);
    case 'http-request-method':
      return condition.values.includes(request.method);
    case 'http-header': {
      const value = request.header(condition.name.toLowerCase());
      return value !== undefined && matchesLoosely(condition.values, value);
    }
    case 'query-string':
      return matchesQuery(condition.pairs, request.query);
  }
}

/** Hosts, header values and query strings are compared without regard to case. */
function matchesLoosely(patterns: string[], text: string): boolean {
  const lower = text.toLowerCase();
  return patterns.some(pattern => matchesWildcard(pattern.toLowerCase(), lower));
}

function matchesQuery(pairs: { key?: string; value: string }[], query: string): boolean {
  const given = [...new URLSearchParams(query)];
  return pairs.some(pair =>
    given.some(
      ([key, value]) =>
        (pair.key === undefined || matchesLoosely([pair.key], key)) && matchesLoosely([pair.value], value),
    ),
  );
}

/**
 * One of weighted groups by chance: `random` gives a number in [0, 1). A single group is taken whatever its weight;
 * undefined when there is none or all weights are 0.
 */
export function chooseGroup<T extends { weight: number }>(groups: T[], random: () => number): T | undefined {
  if (groups.length <= 1) return groups[0];
  const total = groups.reduce((sum, group) => sum + group.weight, 0);
  if (total === 0) return undefined;
  let at = random() * total;
  for (const group of groups) {
    at -= group.weight;
    if (at < 0) return group;
  }
  return groups.findLast(group => group.weight > 0);
}
