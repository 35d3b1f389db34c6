import { describe, expect, test } from '@jest/globals';
import { checkConditions } from './conditions.ts';
import { resolveConfiguration, resolveVariables, UnresolvedVariable } from './variables.ts';

const namespaces = { Source: { CommitId: 'abc', Message: 'say "hi" $& #{Source.CommitId}' } };

describe('a reference', () => {
  test('is replaced wherever it stands, once, whatever the value contains', () => {
    expect(resolveVariables('<#{Source.CommitId}> #{Source.Message}', namespaces)).toBe(
      '<abc> say "hi" $& #{Source.CommitId}',
    );
  });

  test.each([
    '#{Source.Other}',
    '#{Other.CommitId}',
    '#{CommitId}',
    '#{.x}',
    '#{__proto__.x}',
    '#{Source.toString}',
  ])('%s without a value is an error', text => {
    expect(() => resolveVariables(text, namespaces)).toThrow(UnresolvedVariable);
  });

  test('inside JSON cannot break it', () => {
    const EnvironmentVariables = '[{"name":"M","value":"#{Source.Message}"}]';
    const resolved = resolveConfiguration({ EnvironmentVariables }, namespaces);
    expect(JSON.parse(resolved.EnvironmentVariables!)).toEqual([
      { name: 'M', value: namespaces.Source.Message },
    ]);
  });
});

describe('VariableCheck', () => {
  test.each([
    ['EQ', 'abc', true],
    ['EQ', 'ab', false],
    ['NE', 'ab', true],
    ['NE', 'abc', false],
    ['CONTAINS', 'b', true],
    ['Contains', 'x', false],
    ['MATCHES', 'a.*', true],
    ['Matches', 'b', false],
    ['MATCHES', '(', false],
  ])('%s %s of abc is %s', (Operator, Value, met) => {
    const configuration = { Operator, Value, Variable: '#{Source.CommitId}' };
    const ruleTypeId = { category: 'Rule', owner: 'AWS', provider: 'VariableCheck', version: '1' };
    const rules = [{ name: 'R', ruleTypeId, configuration }];
    const run = checkConditions([{ result: 'FAIL', rules }], namespaces, { at: 0, uuid: () => 'id' });
    expect(run.status).toBe(met ? 'Succeeded' : 'Failed');
  });
});
