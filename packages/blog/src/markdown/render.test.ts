import { describe, expect, test } from '@jest/globals';
import { rememberRendered } from './cache.ts';
import { excerptOf, findFault, renderMarkdown } from './render.ts';

const render = (source: string, topHeading = 2) => renderMarkdown(source, topHeading).html;

describe('Markdown', () => {
  test.each([
    ['emphasis', 'a *b* **c** ~~d~~ `e`', '<p>a <em>b</em> <strong>c</strong> <s>d</s> <code>e</code></p>\n'],
    ['a list that begins at three', '3. x', '<ol start="3">\n<li>x</li>\n</ol>\n'],
    ['a quote', '> a', '<blockquote>\n<p>a</p>\n</blockquote>\n'],
    [
      'code, which the keyboard can scroll',
      '```js\na < b\n```',
      '<pre tabindex="0"><code class="language-js">a &lt; b\n</code></pre>\n',
    ],
    ['code in a language of no name', '```"><b>\na\n```', '<pre tabindex="0"><code>a\n</code></pre>\n'],
  ])('shows %s', (_, source, html) => {
    expect(render(source)).toBe(html);
  });

  test('shows tables that fit on a phone and carry no inline style', () => {
    const html = render('| a | b |\n|---|--:|\n| 1 | 2 |');
    expect(html).toContain('<div class="table-responsive" tabindex="0"><table class="table">');
    expect(html).toContain('<th>a</th>\n<th class="text-end">b</th>');
    expect(html).not.toContain('style');
  });

  test('puts the headings of a text below those of the page', () => {
    expect(render('# a\n## b\n###### c')).toBe('<h2>a</h2>\n<h3>b</h3>\n<h6>c</h6>\n');
    expect(render('# a\n#### b', 4)).toBe('<h4>a</h4>\n<h6>b</h6>\n');
  });
});

describe('markup that somebody wrote', () => {
  test('is text', () => {
    expect(render('<script>alert(1)</script>\n\na <b onclick=x>b</b> &lt;i&gt;')).toBe(
      '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n<p>a &lt;b onclick=x&gt;b&lt;/b&gt; &lt;i&gt;</p>\n',
    );
  });
});

describe('a link', () => {
  test('goes to a web address or a mailbox and says whose it is', () => {
    const rel = 'rel="nofollow noopener ugc"';
    expect(render('[a](https://b.example/?c=1&d "title")')).toBe(
      `<p><a href="https://b.example/?c=1&amp;d" ${rel}>a</a></p>\n`,
    );
    expect(render('<ada@example.com>')).toBe(
      `<p><a href="mailto:ada@example.com" ${rel}>ada@example.com</a></p>\n`,
    );
  });

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    '//evil.example',
    '/users/',
    '#top',
    '\\\\evil.example',
    'https:evil',
    'https:///evil',
    `https://long.example/${'a'.repeat(2000)}`,
  ])('to %s stays text', address => {
    expect(render(`[a](<${address}>)`)).not.toContain('<a');
    expect(render(`[a]\n\n[a]: <${address}>`)).not.toContain('<a');
  });

  test('by reference cannot make a page of megabytes', () => {
    const html = render(`[a]: https://x.example/${'y'.repeat(1900)}\n\n${'[a] '.repeat(2000)}`);
    expect(html.length).toBeLessThan(100_000);
  });
});

describe('a picture', () => {
  test('is a link with the words that describe it, since pages load nothing from elsewhere', () => {
    const html = render('![a *cat*](https://x.example/cat.png)');
    expect(html).toBe('<p><a href="https://x.example/cat.png" rel="nofollow noopener ugc">a cat</a></p>\n');
  });

  test('without words shows its address, and within a link leaves the link alone', () => {
    expect(render('![](https://x.example/c.png)')).toContain('>https://x.example/c.png</a>');
    expect(render('[![c](https://x.example/c.png)](https://y.example)')).toBe(
      '<p><a href="https://y.example" rel="nofollow noopener ugc">c</a></p>\n',
    );
  });
});

describe('a text that is more than is rendered', () => {
  test.each([
    ['quotes in quotes', '>'.repeat(18), 'depth'],
    ['lists in lists', `${'- '.repeat(18)}a`, 'depth'],
    ['emphasis in emphasis', `${'*a **b '.repeat(20)}${'c** d* '.repeat(20)}`, 'depth'],
    ['table cells', `${'|a'.repeat(999)}|\n${'|-'.repeat(999)}|\n${'|\n'.repeat(99)}`, 'parts'],
    ['links', '[a](b:c) *d*'.repeat(3000), 'parts'],
  ] as const)('because of its %s is told apart and shown as it was written', (_, source, fault) => {
    expect(findFault(source)).toBe(fault);
    expect(renderMarkdown(source, 2).fault).toBe(fault);
    expect(render(source)).toMatch(/^<pre tabindex="0">[^<]+<\/pre>\n$/);
  });

  test('is none that people write', () => {
    expect(findFault(`${'>'.repeat(16)} deep`)).toBeUndefined();
    expect(findFault('A *sentence* with **words**.\n\n- and\n- a list\n\n'.repeat(300))).toBeUndefined();
  });
});

describe('an excerpt', () => {
  test('is the first words without markup, cut between characters', () => {
    expect(excerptOf('# Hi\n\n*a* `b` [c](https://d.example)\n\n- e\n- f', 100)).toBe('Hi a b c e f');
    expect(excerptOf('👋👋👋👋', 3)).toBe('👋👋…');
  });
});

describe('what was rendered last', () => {
  test('is remembered until there is too much of it, the least recently used forgotten first', () => {
    const rendered: string[] = [];
    const remember = rememberRendered(source => {
      rendered.push(source);
      return { html: source.toUpperCase(), fault: undefined };
    }, 10);
    for (const source of ['a', 'b', 'a', 'c', 'd', 'a', 'b']) {
      expect(remember(source, 2).html).toBe(source.toUpperCase());
    }
    expect(rendered).toEqual(['a', 'b', 'c', 'd', 'b']);
  });

  test('is another thing below another heading', () => {
    const remember = rememberRendered(renderMarkdown, 1000);
    expect(remember('# a', 2).html).toBe('<h2>a</h2>\n');
    expect(remember('# a', 4).html).toBe('<h4>a</h4>\n');
  });
});
