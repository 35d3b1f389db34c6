import type { Locator, Page } from 'playwright-core';

/** Presses the tabulator key until the element has the focus, and sees that a person can see so. */
export async function goToByTab(page: Page, element: Locator): Promise<void> {
  await element.waitFor();
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    if (await element.evaluate(it => it.matches(':focus-visible'))) return;
  }
  throw new Error(`The tabulator key does not lead to ${element}.`);
}

/** Whether the page is wider than its window, so that a reader has to push it sideways. */
export function isSideways(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}
