/** What a variable stands for, or undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

/** Splits at blanks outside of quotes, keeping quotes and escapes for {@link expand}. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === '\\' && quote !== "'") {
      word += char + (text[at + 1] ?? '');
      at += 1;
    } else if (quote === '' && /\s/.test(char)) {
      if (word !== '') words.push(word);
      word = '';
    } else {
      if (quote === char) quote = '';
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      word += char;
    }
  }
  return word === '' ? words : [...words, word];
}

/**
 * Removes quotes and escapes and replaces `$name`, `${name}`, `${name:-default}` and `${name:+other}`, as a Dockerfile
 * does. Throws a SyntaxError for other modifiers and for quotes or braces that do not end.
 * https://docs.docker.com/reference/dockerfile/#environment-replacement
 */
export function expand(text: string, lookup: Lookup): string {
  let result = '';
  let quote = '';
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    if (quote === "'") {
      if (char === "'") quote = '';
      else result += char;
      at += 1;
    } else if (char === '\\') {
      const next = text[at + 1] ?? '';
      result += quote === '"' && !'"$\\'.includes(next) ? char + next : next;
      at += 2;
    } else if (char === '$') {
      const variable = readVariable(text, at, lookup);
      result += variable.value;
      at = variable.end;
    } else {
      if (char === quote) quote = '';
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      else result += char;
      at += 1;
    }
  }
  if (quote !== '') throw new SyntaxError(`the quote ${quote} does not end`);
  return result;
}

function readVariable(text: string, at: number, lookup: Lookup): { value: string; end: number } {
  const plain = /^\$([A-Za-z_][A-Za-z0-9_]*|[0-9])/.exec(text.slice(at));
  if (plain !== null) return { value: lookup(plain[1]!) ?? '', end: at + plain[0].length };
  if (text[at + 1] !== '{') return { value: '$', end: at + 1 };
  const end = closingBrace(text, at + 2);
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+])(.*))?$/s.exec(text.slice(at + 2, end));
  if (match === null) throw new SyntaxError(`${text.slice(at, end + 1)} is not supported`);
  const [, name, operator, word] = match;
  return { value: substitute(lookup(name!), operator, () => expand(word!, lookup)), end: end + 1 };
}

function substitute(value: string | undefined, operator: string | undefined, other: () => string): string {
  const isThere = operator?.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
  if (operator?.endsWith('-')) return isThere ? value! : other();
  if (operator?.endsWith('+')) return isThere ? other() : '';
  return value ?? '';
}

function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  throw new SyntaxError('the brace of a variable does not end');
}
