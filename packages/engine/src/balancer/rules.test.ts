import { expect, test } from '@jest/globals';
import { chooseAction, chooseGroup, type RequestView } from './rules.ts';
import type { Condition, RuleEntry } from './table.ts';

function view(request: Partial<RequestView>): RequestView {
  return { method: 'GET', host: 'localhost', path: '/', query: '', header: () => undefined, ...request };
}

function rules(...conditions: Condition[][]): RuleEntry[] {
  return conditions.map((each, n) => ({
    conditions: each,
    action: { type: 'fixed-response', status: 200 + n },
  }));
}

function chosen(list: RuleEntry[], request: Partial<RequestView>): number | undefined {
  const action = chooseAction(list, view(request));
  return action?.type === 'fixed-response' ? action.status - 200 : undefined;
}

test('the first rule whose conditions all hold decides, the default is last', () => {
  const list = rules(
    [
      { field: 'path-pattern', values: ['/a', '/a/*'] },
      { field: 'http-request-method', values: ['POST'] },
    ],
    [{ field: 'path-pattern', values: ['/a', '/a/*'] }],
    [],
  );
  expect(chosen(list, { path: '/a/x', method: 'POST' })).toBe(0);
  expect(chosen(list, { path: '/a/x' })).toBe(1);
  expect(chosen(list, { path: '/A/x' })).toBe(2);
});

test('hosts, headers and query strings match without regard to case', () => {
  const list = rules(
    [{ field: 'host-header', values: ['*.Example.com'] }],
    [{ field: 'http-header', name: 'X-Team', values: ['blue*'] }],
    [{ field: 'query-string', pairs: [{ key: 'Version', value: 'v?' }, { value: 'canary' }] }],
  );
  expect(chosen(list, { host: 'www.EXAMPLE.com' })).toBe(0);
  expect(chosen(list, { header: name => (name === 'x-team' ? 'BlueBirds' : undefined) })).toBe(1);
  expect(chosen(list, { query: 'version=V2' })).toBe(2);
  expect(chosen(list, { query: 'x=Canary' })).toBe(2);
  expect(chosen(list, { query: 'version=old' })).toBeUndefined();
});

test('weights share by chance, and a weight of 0 gets nothing', () => {
  const groups = [
    { key: 'blue', weight: 90 },
    { key: 'none', weight: 0 },
    { key: 'green', weight: 10 },
  ];
  const at = (value: number) => chooseGroup(groups, () => value)?.key;
  expect([at(0), at(0.89), at(0.9), at(0.9999)]).toEqual(['blue', 'blue', 'green', 'green']);
});

test('a single group gets everything whatever its weight; several of weight 0 get nothing', () => {
  expect(chooseGroup([{ weight: 0 }], () => 0.5)).toBeDefined();
  expect(chooseGroup([{ weight: 0 }, { weight: 0 }], () => 0.5)).toBeUndefined();
});
