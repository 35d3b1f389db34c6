import { Session } from 'node:inspector/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maxPostLength } from './limits.ts';
import { pathological } from './pathological.ts';
import { renderMarkdown } from './render.ts';
import { allowedTags } from './sanitize.ts';

/** Texts of what is special to Markdown, HTML and addresses, and of anything else. */
const pieces = fc.oneof(
  fc.constantFrom(
    ...[
      '*',
      '**',
      '_',
      '~~',
      '`',
      '```',
      '\n',
      '\n\n',
      '    ',
      '> ',
      '- ',
      '1. ',
      '# ',
      '===',
      '---',
      '|',
      '|-|',
    ],
    ...[
      '[',
      ']',
      '(',
      ')',
      '![',
      '](',
      '[a]: ',
      '<',
      '>',
      '</',
      '/>',
      '<!--',
      '-->',
      '<![CDATA[',
      '"',
      "'",
      '&',
      '\\',
    ],
    ...[
      'javascript:',
      'JAVA\tSCRIPT:',
      'data:text/html,',
      'https://',
      '//',
      'mailto:a@b.c',
      '&#106;',
      '&#x3a;',
      '\0',
    ],
    ...[
      '<script>',
      '<img src=x onerror=alert(1)>',
      '<svg/onload=x>',
      '<a href="javascript:x">',
      '<style>',
      'style="x"',
    ],
    ...[
      '<math>',
      '<noscript>',
      '<iframe>',
      '<xmp>',
      '</p>',
      '</code></pre>',
      'language-',
      '\u2028',
      '\ud800',
      '😀',
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const texts = fc.array(pieces, { maxLength: 60 }).map(found => found.join(''));

describe('whatever somebody writes', () => {
  test('what reaches the page is made of allowed elements and attributes, each closed in order', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 4 }), (source, topHeading) => {
        expectAllowed(renderMarkdown(source, topHeading).html);
      }),
      { numRuns: 200 },
    );
  });

  test('the check of that finds what must not be', () => {
    for (const html of [
      '<script>',
      '<p onclick="x">a</p>',
      '<a href="javascript:x" rel="nofollow noopener ugc">a</a>',
      '<a href="https://a.example">a</a>',
      '<p>a',
      '<p><em>a</p></em>',
      'a < b',
    ]) {
      expect(() => expectAllowed(html)).toThrow();
    }
  });
});

/**
 * Steps are the blocks of code that the parser and the sanitizer ran through, as V8 counts them: the same on any
 * machine, however busy. Linear work on the longest post takes at most 300 a character.
 */
describe('the work that a text makes', () => {
  const budget = (source: string) => 50_000 + 300 * source.length;
  const session = new Session();
  beforeAll(async () => {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  });
  afterAll(() => session.disconnect());

  test.each(Object.entries(pathological))('grows with its length, not faster: %s', async (_, make) => {
    for (const length of [maxPostLength / 4, maxPostLength]) {
      const source = make(length);
      const steps = await countSteps(source);
      expect(steps).toBeGreaterThan(0);
      expect(steps).toBeLessThan(budget(source));
    }
  });

  test('stays within the same bounds for any text, repeated until it is as long as a post may be', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async source => {
        const long = source.repeat(Math.ceil(5000 / (source.length + 1))).slice(0, 5000);
        expect(await countSteps(long)).toBeLessThan(budget(long));
      }),
      { numRuns: 15 },
    );
  });

  async function countSteps(source: string): Promise<number> {
    await session.post('Profiler.takePreciseCoverage');
    renderMarkdown(source, 2);
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const theirs = result.filter(({ url }) => /markdown|sanitize-html|htmlparser2|launder|mdurl/.test(url));
    const blocks = theirs.flatMap(script => script.functions.flatMap(({ ranges }) => ranges));
    return blocks.reduce((steps, { count }) => steps + count, 0);
  }
});

/** Reads HTML more strictly than any browser: what this accepts can be understood in one way only. */
function expectAllowed(html: string): void {
  const open: string[] = [];
  const said = html.replace(/<(\/?)([a-z0-9]+)([^<>]*)>/g, (_, close, name, attributes) => {
    expect(allowedTags).toContain(name);
    if (close) expect(open.pop()).toBe(name + attributes);
    else expect(attributes).toMatch(attributesOf[name] ?? /^$/);
    if (!close && !['br', 'hr'].includes(name)) open.push(name);
    return '';
  });
  expect(open).toEqual([]);
  expect(said).not.toMatch(/[<>]/);
}

const attributesOf: Readonly<Record<string, RegExp>> = {
  a: /^( href="(https?:\/\/|mailto:)[^"<>\s]+" rel="nofollow noopener ugc")?$/i,
  br: /^ \/$/,
  hr: /^ \/$/,
  pre: /^ tabindex="0"$/,
  code: /^( class="language-[A-Za-z0-9+#._-]+")?$/,
  ol: /^( start="\d+")?$/,
  th: /^( class="text-(center|end)")?$/,
  td: /^( class="text-(center|end)")?$/,
  table: /^ class="table"$/,
  div: /^ class="table-responsive" tabindex="0"$/,
};
