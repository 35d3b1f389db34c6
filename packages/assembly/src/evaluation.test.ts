// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written so
import { describe, expect, test } from '@jest/globals';
import type { Lookups } from './environment.ts';
import { type Evaluation, evaluate, resolveSecrets } from './evaluation.ts';
import { parseTemplate } from './template.ts';

const lookups: Lookups = {
  exported: () => 'imported',
  parameter: name => (name === '/image' ? 'ami-1' : undefined),
  secret: ({ secretId, jsonKey }) => `${secretId}/${jsonKey}`,
  zones: () => [],
};
const environment = { account: '1', region: 'us-east-1', stackName: 'web', stackId: 'arn:web' };
const none = { Resources: { Nothing: { Type: 'AWS::CDK::Metadata' } } };

function evaluated(source: object, parameters: Record<string, string> = {}): Evaluation {
  return evaluate({ template: parseTemplate({ ...none, ...source }), environment, parameters, lookups });
}

describe('parameters', () => {
  test('a value given wins over the default, and a list type gives a list', () => {
    const declared = { Parameters: { P: { Type: 'List<Number>', Default: '1' } } };
    expect(evaluated(declared, { P: '1, 2' }).parameters.get('P')?.value).toEqual(['1', '2']);
    expect(evaluated(declared).parameters.get('P')?.value).toEqual(['1']);
  });

  test('a type of Systems Manager gives what the store holds', () => {
    const type = 'AWS::SSM::Parameter::Value<String>';
    const value = evaluated({ Parameters: { P: { Type: type, Default: '/image' } } }).parameters.get('P');
    expect(value).toMatchObject({ given: '/image', value: 'ami-1', resolved: 'ami-1' });
  });

  test.each<[object, Record<string, string>, string]>([
    [{ Type: 'String' }, {}, 'Parameters: [P] must have values'],
    [{ Type: 'String' }, { P: 'a', Q: 'b' }, 'Parameters: [Q] do not exist in the template'],
    [{ Type: 'String', AllowedValues: ['a'] }, { P: 'b' }, "Parameter 'P' must be one of AllowedValues"],
    [{ Type: 'String', AllowedPattern: '[a-z]+' }, { P: 'a1' }, "Parameter 'P' must match pattern [a-z]+"],
    [{ Type: 'String', MinLength: '2' }, { P: 'a' }, "Parameter 'P' must contain at least 2 characters"],
    [{ Type: 'Number', MaxValue: 4 }, { P: '5' }, "Parameter 'P' must be a number not greater than 4"],
    [{ Type: 'Number' }, { P: 'x' }, "Parameter 'P' must be a number"],
    [
      { Type: 'String', AllowedValues: ['a'], ConstraintDescription: 'only a' },
      { P: 'b' },
      'constraint: only a',
    ],
    [
      { Type: 'AWS::SSM::Parameter::Value<String>' },
      { P: '/no' },
      'Unable to fetch parameters [/no] from parameter store',
    ],
    [{ Type: 'Text' }, {}, 'unrecognized type: "Text"'],
  ])('%j given %j is refused', (P, given, sentence) => {
    expect(() => evaluated({ Parameters: { P } }, given)).toThrow(sentence);
  });
});

describe('conditions', () => {
  test('a resource and an output whose condition is false are left out', () => {
    const evaluation = evaluated({
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: {
        Kept: { Type: 'AWS::SNS::Topic', DependsOn: 'Dropped' },
        Dropped: { Type: 'AWS::SNS::Topic', Condition: 'Never' },
      },
      Outputs: {
        O: { Condition: 'Never', Value: { Ref: 'Dropped' } },
        P: { Value: 'p', Export: { Name: 'web-p' } },
      },
    });
    expect(evaluation.waves).toEqual([['Kept']]);
    expect(evaluation.outputs(() => undefined)).toEqual([{ key: 'P', value: 'p', exportName: 'web-p' }]);
  });

  test('conditions that go in a circle are refused', () => {
    const circle = { Conditions: { A: { Condition: 'B' }, B: { 'Fn::Not': [{ Condition: 'A' }] } } };
    expect(() => evaluated(circle)).toThrow('Circular dependencies for conditions: [A, B, A]');
  });

  test('a condition may not look at resources', () => {
    const source = { Conditions: { A: { 'Fn::Equals': [{ Ref: 'Nothing' }, 'x'] } } };
    expect(() => evaluated(source)).toThrow('Unresolved resource dependencies [Nothing]');
  });
});

describe('the graph', () => {
  const type = { Type: 'AWS::SNS::Topic' };
  const topic = (Properties: object, more: object = {}) => ({ ...type, Properties, ...more });

  test('waves hold what needs only earlier waves, through every kind of reference', () => {
    const Resources = {
      E: topic({}, { DependsOn: ['D', 'A'] }),
      D: topic({ v: { 'Fn::Sub': ['${X} ${!E} ${AWS::Region}', { X: { Ref: 'C' } }] } }),
      C: topic({ v: [{ 'Fn::GetAtt': 'B.Arn' }] }),
      B: topic({ v: { 'Fn::Join': ['', [{ 'Fn::Sub': '${A.Arn}' }]] } }),
      A: type,
    };
    expect(evaluated({ Resources }).waves).toEqual([['A'], ['B'], ['C'], ['D'], ['E']]);
  });

  test('only the branch that is taken makes a dependency', () => {
    const Resources = {
      A: topic({ v: { 'Fn::If': ['Never', { Ref: 'B' }, 'x'] } }),
      B: topic({ v: { Ref: 'A' } }),
    };
    expect(evaluated({ Conditions: { Never: { 'Fn::Equals': [1, 2] } }, Resources }).waves).toEqual([
      ['A'],
      ['B'],
    ]);
  });

  test('a circle is named', () => {
    const Resources = {
      X: type,
      A: topic({ v: { Ref: 'B' } }),
      B: topic({ v: { Ref: 'C' } }),
      C: topic({}, { DependsOn: 'A' }),
    };
    expect(() => evaluated({ Resources })).toThrow(
      'stack web: Circular dependency between resources: [A, B, C]',
    );
  });
});

describe('what a stack takes from others', () => {
  test('imports are listed with their parameters filled in', () => {
    const Value = { 'Fn::ImportValue': { 'Fn::Sub': '${Network}-vpc' } };
    const source = {
      Parameters: { Network: { Type: 'String', Default: 'net' } },
      Resources: {
        A: { Type: 'AWS::SNS::Topic', Properties: { Value, Other: { 'Fn::ImportValue': 'cluster' } } },
      },
    };
    expect(evaluated(source).imports()).toEqual(['cluster', 'net-vpc']);
  });

  test('an import may not depend on a resource', () => {
    const Resources = {
      A: { Type: 'AWS::SNS::Topic' },
      B: { Type: 'AWS::SNS::Topic', Properties: { v: { 'Fn::ImportValue': { Ref: 'A' } } } },
    };
    expect(() => evaluated({ Resources }).imports()).toThrow('must not depend on any resources');
  });

  test('secrets are resolved only when asked, by every part of their reference', () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:1:secret:db-x';
    expect(resolveSecrets([`{{resolve:secretsmanager:${arn}:SecretString:password}}`], lookups)).toEqual([
      `${arn}/password`,
    ]);
  });
});
