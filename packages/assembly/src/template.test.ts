import { describe, expect, test } from '@jest/globals';
import { parseTemplate } from './template.ts';

const topic = { Type: 'AWS::SNS::Topic' };
const withTopic = (more: object) => ({ Resources: { Topic: { ...topic, ...more } } });
const deep = (levels: number): unknown => (levels === 0 ? 'x' : [deep(levels - 1)]);

describe('a template is refused with a sentence that says where', () => {
  test.each<[string, unknown, string]>([
    ['no object', [], 'unsupported structure'],
    ['an unknown section', { Resource: {} }, 'Invalid template property or properties [Resource]'],
    ['no resources', { Resources: {} }, 'At least one Resources member must be defined'],
    [
      'another format version',
      { AWSTemplateFormatVersion: '2020', Resources: {} },
      '2020 is not a supported value',
    ],
    ['a transform', { Transform: 'AWS::Serverless-2016-10-31', ...withTopic({}) }, 'is not carried out'],
    ['rules', { Rules: {}, ...withTopic({}) }, 'The template section Rules is not carried out'],
    ['a name with a dash', { Resources: { 'a-b': topic } }, 'Resource name a-b is non alphanumeric'],
    ['no type', { Resources: { A: {} } }, 'resource A: Template format error: Resource A has no valid Type'],
    ['properties as a list', withTopic({ Properties: [] }), 'Properties must be an object'],
    ['an unknown attribute', withTopic({ Property: {} }), "Invalid template resource property 'Property'"],
    ['a wrong DependsOn', withTopic({ DependsOn: [1] }), 'DependsOn must be a string or list of strings'],
    ['a wrong policy', withTopic({ DeletionPolicy: 'Keep' }), 'Unrecognized DeletionPolicy "Keep"'],
    ['an output without value', { ...withTopic({}), Outputs: { O: {} } }, 'Output O is malformed'],
    ['a mapping of text', { ...withTopic({}), Mappings: { M: 'x' } }, 'Mapping M must be an object'],
    ['too many levels', withTopic({ Properties: { a: deep(200) } }), 'nested deeper than 100 levels'],
    [
      'too much text',
      withTopic({ Properties: { a: 'x'.repeat(1_000_001) } }),
      'may not exceed 1000000 bytes',
    ],
    ['a prototype', JSON.parse('{"Resources": {"A": {"__proto__": {}}}}'), '"__proto__" is no key'],
    [
      'too many',
      { Resources: Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`R${i}`, topic])) },
      '501, is greater than maximum allowed, 500',
    ],
  ])('%s', (_title, source, sentence) => {
    expect(() => parseTemplate(source, 'web')).toThrow(sentence);
    expect(() => parseTemplate(source, 'web')).toThrow(/^stack web/);
  });

  test('names that objects inherit are ordinary logical ids', () => {
    const template = parseTemplate({ Resources: { constructor: topic, toString: topic } });
    expect([...template.resources.keys()]).toEqual(['constructor', 'toString']);
  });
});

test('policies default to Delete', () => {
  expect(parseTemplate(withTopic({})).resources.get('Topic')).toMatchObject({
    deletionPolicy: 'Delete',
    updateReplacePolicy: 'Delete',
  });
});
