const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Renders the members of `value` as XML the way the Query protocol does: lists as `<member>` elements, dates as ISO
 * 8601, undefined left out, characters that XML 1.0 forbids replaced.
 */
export function renderXml(value: object): string {
  return Object.entries(value)
    .map(([name, each]) => element(name, each))
    .join('');
}

function element(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(each => element('member', each)).join('');
  if (typeof value === 'object' && value !== null) return renderXml(value);
  return escapeXml(String(value));
}

/** Text that is safe inside an XML element or attribute. */
export function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
  const legal = text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD');
  return legal.replace(/[&<>"]/g, character => ESCAPES[character]!);
}
