/** The services of this repository and where they are. */
export const SERVICES = [
  { name: 'blog', path: '/blog' },
  { name: 'market', path: '/market' },
  { name: 'news', path: '/news' },
  { name: 'user', path: '/users' },
] as const;

export type Where = 'staging' | 'production';

export interface Answer {
  service: string;
  /** Of `/<path>/json`; 0 when nobody answered. */
  status: number;
  commit: string | undefined;
  /** Whether its page was served as HTML. */
  page: boolean;
}

/** Asks every service behind a door for who answers and for its page. */
export function answersOf(door: string): Promise<Answer[]> {
  return Promise.all(
    SERVICES.map(async ({ name: service, path }) => {
      const json = await fetch(`${door}${path}/json`).catch(() => undefined);
      const page = await fetch(`${door}${path}/`).catch(() => undefined);
      const told = json?.ok ? ((await json.json()) as { commit?: string }) : {};
      const html = page?.ok === true && (await page.text()).startsWith('<!doctype html');
      return { service, status: json?.status ?? 0, commit: told.commit, page: html };
    }),
  );
}
