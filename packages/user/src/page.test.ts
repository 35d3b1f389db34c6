import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { showUsers } from './page.ts';
import { pageTexts } from './page-texts.ts';

const ada = {
  id: '00000000-0000-4000-8000-000000000001',
  name: '<b>Ada</b>',
  registeredAt: '2030-01-01T00:00:00.000Z',
};
const script = readFileSync(`${import.meta.dirname}/../public/users.js`, 'utf8');
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found!);

describe.each(['en', 'zh'] as const)('the page in %s', language => {
  const { content, title, data } = showUsers([ada], language);
  const ids = all(content.html, / id="([^"]+)"/g);

  test('has one element of each name that labels, describes or that the script looks for', () => {
    expect(new Set(ids).size).toBe(ids.length);
    const named = all(content.html, /(?:for|aria-labelledby)="([^"]+)"/g);
    const describing = all(content.html, /aria-describedby="([^"]+)"/g).flatMap(list => list.split(' '));
    const looked = all(script, /\bat\('([^']+)'\)/g).filter(id => id !== 'signed-in-name' && id !== 'nobody');
    expect(looked.length).toBeGreaterThan(10);
    for (const id of [...named, ...describing, ...looked]) expect(ids).toContain(id);
  });

  test('labels every field that is shown, and says what it is for', () => {
    const labelled = all(content.html, /for="([^"]+)"/g);
    const inputs = all(content.html, /<input ([^>]+)>/g).filter(input => !/ hidden/.test(input));
    expect(inputs).toHaveLength(8);
    for (const input of inputs) {
      expect(labelled).toContain(/id="([^"]+)"/.exec(input)![1]);
      expect(input).toMatch(/autocomplete="[a-z-]+"/);
    }
  });

  test('has every text that the script says', () => {
    for (const key of all(script, /\btexts\.(\w+)/g)) expect(data).toHaveProperty(key);
  });

  test('shows a name as a name, whatever it is, and nothing else that is said of a user', () => {
    expect(content.html).toContain('&lt;b&gt;Ada&lt;/b&gt;');
    expect(content.html).not.toContain(ada.id);
    expect(title).toBe(pageTexts(language).title);
  });
});
