import { describe, expect, test } from '@jest/globals';
import { chooseLanguage, defineTexts, fill } from './language.ts';

describe('the language of a page', () => {
  test.each([
    [undefined, undefined, 'en'],
    [undefined, 'zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    [undefined, 'zh-TW', 'zh'],
    [undefined, 'en-GB;q=0.5, zh;q=0.4', 'en'],
    [undefined, 'de, fr;q=0.9, zh;q=0.1', 'zh'],
    [undefined, 'zh;q=0, en;q=0.1', 'en'],
    [undefined, ',;q=,=,zh;q=9', 'zh'],
    ['zh', 'en', 'zh'],
    ['en', 'zh', 'en'],
    ['fr', 'zh', 'zh'],
    [['zh', 'en'], 'en', 'en'],
  ])('asked for %j by a reader of %j it is %s', (wanted, header, language) => {
    expect(chooseLanguage(wanted, header)).toBe(language);
  });

  test('has texts into which values are put, and nothing else', () => {
    const textsOf = defineTexts({ en: { count: '{n} of {n} {what}' }, zh: { count: '{n}' } });
    expect(fill(textsOf('en').count, { n: 3 })).toBe('3 of 3 {what}');
    expect(fill('{constructor}', {})).toBe('{constructor}');
  });
});
