import { describe, expect, test } from '@jest/globals';
import { checkPattern, matches, type Pattern } from './pattern.ts';

const event = {
  source: 'aws.codecommit',
  resources: ['arn:one', 'arn:two'],
  detail: {
    event: 'referenceUpdated',
    count: 5,
    empty: '',
    nested: { name: 'Main' },
    list: [{ id: 1 }, { id: 2 }],
  },
};

describe('a pattern', () => {
  test.each<[Pattern, boolean]>([
    [{ source: ['aws.codecommit'] }, true],
    [{ source: ['aws.ecs', 'aws.codecommit'] }, true],
    [{ source: ['aws.ecs'] }, false],
    [{ resources: ['arn:two'] }, true],
    [{ source: ['aws.codecommit'], detail: { event: ['referenceDeleted'] } }, false],
    [{ detail: { nested: { name: ['Main'] } } }, true],
    [{ detail: { nested: { name: ['main'] } } }, false],
    [{ detail: { nested: { name: [{ 'equals-ignore-case': 'main' }] } } }, true],
    [{ detail: { list: { id: [2] } } }, true],
    [{ detail: { event: [{ prefix: 'reference' }] } }, true],
    [{ detail: { event: [{ prefix: { 'equals-ignore-case': 'REF' } }] } }, true],
    [{ detail: { event: [{ suffix: 'Updated' }] } }, true],
    [{ detail: { event: [{ suffix: 'Deleted' }] } }, false],
    [{ detail: { event: [{ wildcard: 'ref*Upd*ted' }] } }, true],
    [{ detail: { event: [{ wildcard: 'ref*x' }] } }, false],
    [{ detail: { event: [{ 'anything-but': 'referenceDeleted' }] } }, true],
    [{ detail: { event: [{ 'anything-but': ['referenceUpdated', 'x'] }] } }, false],
    [{ detail: { event: [{ 'anything-but': { prefix: 'ref' } }] } }, false],
    [{ detail: { event: [{ 'anything-but': { suffix: ['x', 'y'] } }] } }, true],
    [{ detail: { missing: [{ 'anything-but': 'x' }] } }, false],
    [{ detail: { count: [{ numeric: ['>', 4, '<=', 5] }] } }, true],
    [{ detail: { count: [{ numeric: ['=', 4] }] } }, false],
    [{ detail: { event: [{ numeric: ['>', 0] }] } }, false],
    [{ detail: { count: [5] } }, true],
    [{ detail: { count: ['5'] } }, false],
    [{ detail: { empty: [''] } }, true],
    [{ detail: { count: [{ exists: true }] } }, true],
    [{ detail: { missing: [{ exists: true }] } }, false],
    [{ detail: { missing: [{ exists: false }] } }, true],
    [{ detail: { missing: { deeper: [{ exists: false }] } } }, false],
    [{ detail: { $or: [{ event: ['x'] }, { count: [5] }] as unknown as Pattern } }, true],
    [{ detail: { $or: [{ event: ['x'] }, { count: [6] }] as unknown as Pattern } }, false],
    [{ constructor: ['x'] } as unknown as Pattern, false],
  ])('%j: %s', (pattern, expected) => {
    checkPattern(pattern);
    expect(matches(pattern, event)).toBe(expected);
  });

  test.each<[unknown, string]>([
    [{}, 'must be an object or an array'],
    [{ source: 'aws.ecs' }, '"source" must be an object or an array'],
    [{ source: [] }, 'Empty arrays are not allowed (source)'],
    [
      { detail: { ip: [{ cidr: '10.0.0.0/8' }] } },
      'The matching by "cidr" in detail.ip is not carried out locally',
    ],
    [{ detail: { a: [{ exists: 'yes' }] } }, 'exists in detail.a must be true or false'],
    [{ detail: { a: [{ numeric: ['>'] }] } }, 'numeric in detail.a must be pairs'],
    [{ detail: { a: [{ toString: 'x' }] } }, 'The matching by "toString"'],
  ])('%j is refused', (pattern, sentence) => {
    expect(() => checkPattern(pattern)).toThrow(sentence);
  });
});
