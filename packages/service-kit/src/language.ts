/** The languages of the pages. */
export type Language = 'en' | 'zh';
export const languages: readonly Language[] = ['en', 'zh'];

/** Their names in HTML. */
export const htmlLanguages: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-Hans' };

/** A page's texts in one language, by their names. */
export type Texts<Key extends string = string> = Readonly<Record<Key, string>>;

/** Returns the texts of a language. Both languages have the same texts: a missing one is a type error. */
export function defineTexts<Key extends string>(texts: {
  readonly en: Texts<Key>;
  readonly zh: Texts<NoInfer<Key>>;
}): (language: Language) => Texts<Key> {
  return language => texts[language];
}

/** Puts values into a text: `fill('{count} posts', { count: 3 })`. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}

/** Returns `?lang=` where it names one of ours, else what the browser likes best, else English. */
export function chooseLanguage(wanted: unknown, acceptLanguage: string | undefined): Language {
  return languages.find(language => language === wanted) ?? preferred(acceptLanguage) ?? 'en';
}

function preferred(header: string | undefined): Language | undefined {
  if (header === undefined) return undefined;
  const wishes = header
    .slice(0, 500)
    .split(',')
    .map(part => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const q = parameters.map(parameter => /^\s*q=([01](?:\.\d{0,3})?)$/.exec(parameter)?.[1]).find(Boolean);
      return { language: languages.find(known => known === tag.split('-')[0]), q: Number(q ?? 1) };
    });
  return wishes.filter(wish => wish.language && wish.q > 0).sort((a, b) => b.q - a.q)[0]?.language;
}
