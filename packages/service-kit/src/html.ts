/** Text that may go into a page as it stands. Only the `html` tag makes it. */
export type Html = { readonly html: string };

type Value = Html | readonly Html[] | string | number;

/** A template tag that escapes every value, so that nothing a user wrote becomes markup. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const parts = strings.map((string, index) => string + render(values[index]));
  return { html: parts.join('') };
}

function render(value: Value | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeMarkup(String(value));
  return 'html' in value ? value.html : value.map(render).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character]!);
}
