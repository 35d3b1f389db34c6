/** Texts of about a given length that have made Markdown parsers slow, by what is in them. */
export const pathological: Readonly<Record<string, (length: number) => string>> = {
  'brackets that open': length => '['.repeat(length),
  'brackets in brackets': length => '['.repeat(length / 2) + ']'.repeat(length / 2),
  'links without an end': length => '[a]('.repeat(length / 4),
  'addresses without an end': length => '[a](<b'.repeat(length / 6),
  'titles without an end': length => '[a](b "'.repeat(length / 7),
  'parentheses without an end': length => `[a](${'('.repeat(length)}`,
  'pictures without an end': length => '!['.repeat(length / 2),
  'pictures in pictures': length => '!['.repeat(length / 12) + '](a:b)'.repeat(length / 12),
  'links with emphasis across their ends': length => '[*a'.repeat(length / 3),
  'emphasis that opens': length => '*a _b '.repeat(length / 6),
  'emphasis that closes': length => 'a** '.repeat(length / 4),
  'emphasis that does not match': length => `a**b${'c* '.repeat(length / 3)}`,
  'emphasis of three kinds': length => '*a ~~b _c '.repeat(length / 20) + '** __ ~~ '.repeat(length / 20),
  'one long run of stars': length => `${'*'.repeat(length / 2)}a${'*'.repeat(length / 2)}`,
  'quotes in quotes': length => '>'.repeat(length),
  'deep quotes on many lines': length => `${'> '.repeat(16)}a\n`.repeat(length / 34),
  'a deep quote that goes on without its marks': length => '> '.repeat(15) + 'a\n'.repeat(length / 2),
  'lists in lists': length => `${'- '.repeat(8)}a\n`.repeat(length / 18),
  'items without words': length => '-\n'.repeat(length / 2),
  'quotes and lists in turn': length => `${'> - '.repeat(5)}\n`.repeat(length / 21),
  'backticks of growing length': length => {
    const runs = Array.from({ length: Math.sqrt(2 * length) }, (_, index) => `e${'`'.repeat(index)}`);
    return runs.join('').slice(0, length);
  },
  'backticks without an end': length => '`` a ` '.repeat(length / 7),
  'comments without an end': length => '<!-- a'.repeat(length / 6),
  'CDATA without an end': length => '<![CDATA['.repeat(length / 9),
  'tags without an end': length => '<a '.repeat(length / 3),
  'mailboxes without an end': length => `<a@${'b.'.repeat(length / 2)}`,
  'characters that have no name': length => '&a'.repeat(length / 2),
  ampersands: length => '&'.repeat(length),
  definitions: length => Array.from({ length: length / 10 }, (_, index) => `[${index}]: u`).join('\n'),
  'definitions without an end': length => '[a\n'.repeat(length / 3),
  'titles of definitions without an end': length => `[a]: u\n"${'a\n'.repeat(length / 2)}`,
  'one long address used often': length =>
    `[a]: https://a.example/${'b'.repeat(1900)}\n\n${'[a] '.repeat((length - 1900) / 4)}`,
  'more cells than characters': length => {
    const columns = length / 5;
    const head = `${'|a'.repeat(columns)}|\n${'|-'.repeat(columns)}|\n`;
    return head + '|\n'.repeat((length - head.length) / 2);
  },
  'tables without an end': length => `a\n${'-|'.repeat(length / 2)}:\n`,
  'what may become a table': length => 'a|b\n'.repeat(length / 4),
  'what may become a heading': length => `${'a\n'.repeat(length / 2)}=`,
  'what may become a line': length => `${'- '.repeat(length / 2)}a`,
  fences: length => '```\n'.repeat(length / 4),
  'spaces at the ends of lines': length => `a${' '.repeat(50)}\n`.repeat(length / 52),
  tabs: length => `${'\t'.repeat(length)}a`,
  backslashes: length => '\\'.repeat(length),
  'characters that are none': length => '\0'.repeat(length),
  'percent signs in addresses': length =>
    `[a](https://a.example/${'%'.repeat(1900)})\n`.repeat(length / 1925),
  'hosts in other alphabets': length => `<http://${'é.'.repeat(900)}x>\n`.repeat(length / 1811),
};
