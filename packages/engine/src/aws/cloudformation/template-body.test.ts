// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written so
import { expect, test } from '@jest/globals';
import { parseBody } from './template-body.ts';

test('YAML with short forms is the same template as its JSON', () => {
  const yaml = `
AWSTemplateFormatVersion: 2010-09-09
Conditions:
  Large: !Not [!Equals [!Ref AWS::Region, x]]
Resources:
  A:
    Type: AWS::SNS::Topic
    Condition: Large
    Properties:
      TopicName: !Sub '\${AWS::StackName}-a'
      Policy: { Version: 2012-10-17, Allow: yes }
      List: !Split [',', !Join ['-', [a, !GetAtt A.Arn]]]
      Both:
        Fn::If: [Large, !Ref A, !Ref AWS::NoValue]
`;
  expect(parseBody(yaml).resources.get('A')?.properties).toEqual({
    TopicName: { 'Fn::Sub': '${AWS::StackName}-a' },
    Policy: { Version: '2012-10-17', Allow: 'yes' },
    List: { 'Fn::Split': [',', { 'Fn::Join': ['-', ['a', { 'Fn::GetAtt': 'A.Arn' }]] }] },
    Both: { 'Fn::If': ['Large', { Ref: 'A' }, { Ref: 'AWS::NoValue' }] },
  });
  expect(parseBody(yaml).conditions.get('Large')).toEqual({
    'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'x'] }],
  });
});

test.each([
  ['{', 'JSON not well-formed'],
  ['a: [', 'YAML not well-formed'],
  ['Resources: {A: {Type: "AWS::SNS::Topic", Properties: {v: !Vault x}}}', 'YAML not well-formed'],
  ['just text', 'unsupported structure'],
])('%j is refused', (text, sentence) => {
  expect(() => parseBody(text, 'web')).toThrow(sentence);
});

test('aliases cannot blow up', () => {
  const lines = Array.from(
    { length: 12 },
    (_, index) => `a${index}: &a${index} [${`*a${index - 1}, `.repeat(9)}]`,
  );
  lines[0] = 'a0: &a0 [x]';
  expect(() => parseBody(lines.join('\n'), 'web')).toThrow('YAML not well-formed. (Excessive alias count');
});
