/** Whether a path of the context (`a/b`, no leading slash) is left out. */
export type Ignore = (path: string) => boolean;

/**
 * Reads a .dockerignore: patterns with `*`, `?`, `[…]` and `**`, one a line, `!` takes back, the last match decides; a
 * matched directory covers what is in it. https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function parseIgnore(content: string): Ignore {
  const rules = content
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => ({ ignored: !line.startsWith('!'), pattern: toPattern(line.replace(/^!/, '').trim()) }));
  return path => rules.reduce((ignored, rule) => (rule.pattern.test(path) ? rule.ignored : ignored), false);
}

/** A pattern of Go's filepath.Match, plus `**`, that also covers everything beneath what it matches. */
function toPattern(text: string): RegExp {
  const parts = text.split('/').filter(part => part !== '' && part !== '.');
  const body = parts.map((part, index) => {
    const isLast = index === parts.length - 1;
    if (part === '**') return isLast ? '.*' : '(?:.*/)?';
    return `${componentPattern(part)}${isLast ? '' : '/'}`;
  });
  return new RegExp(`^${body.join('')}(?:/.*)?$`, 's');
}

/** The pattern of one path component. */
export function componentPattern(text: string): string {
  return text.replace(/\*+|\?|\[[^\]\\]+\]|\\?./gs, token => {
    if (token.startsWith('*')) return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.startsWith('[') && token.length > 2) return token;
    return token.slice(-1).replace(/\W/, '\\$&');
  });
}
