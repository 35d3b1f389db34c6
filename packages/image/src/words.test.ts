// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of a Dockerfile look like this
import { describe, expect, test } from '@jest/globals';
import { expand, splitWords } from './words.ts';

const lookup = (name: string) => ({ A: 'one', EMPTY: '' })[name];

describe('words of a Dockerfile', () => {
  test('split at blanks outside of quotes', () => {
    expect(splitWords(`a "b c"  'd e' f\\ g`)).toEqual(['a', '"b c"', "'d e'", 'f\\ g']);
  });

  test.each([
    ['$A/x', 'one/x'],
    ['${A}x', 'onex'],
    ['$Ax', ''],
    ['\\$A', '$A'],
    ['"$A b"', 'one b'],
    [`'$A'`, '$A'],
    ['"a\\"b"', 'a"b'],
    ['"a\\b"', 'a\\b'],
    ['${B:-two}', 'two'],
    ['${EMPTY:-two}', 'two'],
    ['${EMPTY-two}', ''],
    ['${A:+three}', 'three'],
    ['${B:+three}', ''],
    ['${B:-${A}}', 'one'],
    ['a$', 'a$'],
  ])('%s becomes %s', (text, expected) => expect(expand(text, lookup)).toBe(expected));

  test.each(['"open', '${A', '${A//x/y}', '${A:?no}'])('%s is refused', text => {
    expect(() => expand(text, lookup)).toThrow(SyntaxError);
  });
});
