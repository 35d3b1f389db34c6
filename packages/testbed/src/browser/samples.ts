import type { Page } from 'playwright-core';

const samples = [
  {
    url: '/news/articles',
    body: {
      title: 'Fog until noon',
      summary: 'The pilots wait in the harbour office.',
      body: 'Nothing moves below the bridge before twelve.',
      category: 'weather',
      tags: ['fog'],
    },
  },
  {
    url: '/news/articles',
    body: {
      title: 'A crane for the north quay',
      summary: 'It lifts eighty tonnes and is painted yellow.',
      body: 'It arrives by barge on Thursday.',
      category: 'harbour',
      tags: ['cranes', 'quay'],
    },
  },
  {
    url: '/blog/posts',
    body: {
      title: 'Why we launch on Fridays',
      body: 'Because the tide is **high** then, and we are back before tea.',
    },
  },
];

/** Writes what makes pictures of the pages look like something, as whoever is signed in. */
export async function addSamples(page: Page): Promise<void> {
  await page.goto('/news/');
  await page.evaluate(`import('/news/assets/session.js').then(async ({ session }) => {
    for (const { url, body } of ${JSON.stringify(samples)}) {
      const headers = { 'Content-Type': 'application/json' };
      const answer = await session.fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
    }
  })`);
}
