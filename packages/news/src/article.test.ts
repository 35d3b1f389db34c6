import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  articleChangeSchema,
  changeArticle,
  isPublished,
  movesPublished,
  newArticleSchema,
  paragraphsOf,
  publishArticle,
} from './article.ts';
import { instantOrDaySchema } from './instant.ts';
import { labelSchema, labelsSchema } from './label.ts';
import { articleOf } from './testing/stores.ts';

const sent = { title: 'Launch', summary: 'The ship left.', body: 'It was raining.' };

describe('what an editor sends', () => {
  test('is brought to one form', () => {
    const article = newArticleSchema.parse({
      title: '  Launch\n of the  ship ',
      summary: 'The ship left.',
      body: '\r\nIt was raining.\r\n\r\nNobody minded.\n',
      category: ' Harbour News ',
      tags: ['Ships', 'launch', 'ships', '上海'],
      publishAt: '2030-01-31T08:00:00+09:00',
    });
    expect(article).toEqual({
      title: 'Launch of the ship',
      summary: 'The ship left.',
      body: 'It was raining.\n\nNobody minded.',
      category: 'harbour-news',
      tags: ['launch', 'ships', '上海'],
      publishAt: '2030-01-30T23:00:00.000Z',
    });
    expect(paragraphsOf(article.body)).toEqual(['It was raining.', 'Nobody minded.']);
  });

  test.each([
    ['an empty title', { title: ' ' }],
    ['a title that is too long', { title: 'x'.repeat(201) }],
    ['half of a surrogate pair', { body: 'x\ud800' }],
    ['a control character', { body: 'x\u0000' }],
    ['a category with a slash', { category: 'a/b' }],
    ['nine tags', { tags: [...'abcdefghi'] }],
    ['a time without an offset', { publishAt: '2030-01-01T00:00:00' }],
    ['a day that does not exist', { publishAt: '2030-02-30T00:00:00Z' }],
    ['a year before 2000', { publishAt: '1999-12-31T23:59:59Z' }],
    ['a year that its offset moves past the last', { publishAt: '2099-12-31T23:59:59-01:00' }],
    ['a field that articles do not have', { id: 'mine' }],
  ])('is refused with %s', (_, different) => {
    expect(newArticleSchema.safeParse({ ...sent, ...different }).success).toBe(false);
  });

  test('as a change names something', () => {
    expect(articleChangeSchema.safeParse({}).success).toBe(false);
    expect(articleChangeSchema.parse({ title: 'Feast' })).toEqual({ title: 'Feast' });
  });

  test('in labels does not change when it is brought to their form again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), text => {
        const label = labelSchema.safeParse(text);
        if (label.success) expect(labelSchema.parse(label.data)).toBe(label.data);
      }),
    );
    expect(labelsSchema.parse(['B', 'a', 'b'])).toEqual(['a', 'b']);
  });

  test('as a day is its midnight in UTC', () => {
    expect(instantOrDaySchema.parse('2030-01-31')).toBe('2030-01-31T00:00:00.000Z');
    expect(instantOrDaySchema.safeParse('2030-01').success).toBe(false);
  });
});

describe('an article', () => {
  const at = new Date('2030-01-01T12:00:00Z');
  const made = { id: 'id-1', author: { sub: 'user-1', name: 'Ada' }, at };

  test('is published at once unless another time is named', () => {
    const article = publishArticle(newArticleSchema.parse(sent), made);
    expect(article).toMatchObject({ publishAt: at.toISOString(), version: 1, category: 'general', tags: [] });
    expect(isPublished(article, at)).toBe(true);
    const later = newArticleSchema.parse({ ...sent, publishAt: '2030-01-01T12:00:00.001Z' });
    expect(isPublished(publishArticle(later, made), at)).toBe(false);
  });

  test('keeps what a change does not name', () => {
    const article = articleOf();
    expect(changeArticle(article, { title: 'Feast', summary: undefined }, at)).toEqual({
      ...article,
      title: 'Feast',
      updatedAt: at.toISOString(),
      version: 2,
    });
  });

  test('has its time for good once readers have seen it', () => {
    const change = { publishAt: '2031-01-01T00:00:00.000Z' };
    const scheduled = articleOf({ publishAt: '2030-06-01T00:00:00.000Z' });
    const published = articleOf({ publishAt: at.toISOString() });
    expect(movesPublished(scheduled, change, at)).toBe(false);
    expect(movesPublished(published, change, at)).toBe(true);
    expect(movesPublished(published, { publishAt: published.publishAt }, at)).toBe(false);
    expect(movesPublished(published, { title: 'Feast' }, at)).toBe(false);
  });
});
