import { expect, test } from '@jest/globals';
import { html } from './html.ts';

test('values are text, whatever they look like', () => {
  const name = `<b title="it's">&`;
  expect(html`<p title="${name}">${1}</p>`.html).toBe(
    '<p title="&lt;b title=&quot;it&#39;s&quot;&gt;&amp;">1</p>',
  );
});

test('what the tag made stays markup inside another', () => {
  const items = ['a', '<'].map(item => html`<li>${item}</li>`);
  expect(html`<ul>${items}</ul>`.html).toBe('<ul><li>a</li><li>&lt;</li></ul>');
});
