import { expect, test } from '@jest/globals';
import { parseIgnore } from './ignore.ts';

const ignore = parseIgnore(`# comment
node_modules
*.log
**/*.test.js
docs/**
/dist/tmp?
!docs/keep.md
[ab].txt
`);

test.each([
  ['node_modules', true],
  ['node_modules/a/b.js', true],
  ['sub/node_modules', false],
  ['x.log', true],
  ['sub/x.log', false],
  ['a.test.js', true],
  ['deep/er/a.test.js', true],
  ['docs/a/b', true],
  ['docs/keep.md', false],
  ['dist/tmp1', true],
  ['dist/tmp', false],
  ['a.txt', true],
  ['c.txt', false],
  ['xlog', false],
])('%s is left out: %s', (path, expected) => expect(ignore(path)).toBe(expected));
