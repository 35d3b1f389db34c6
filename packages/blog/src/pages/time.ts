import { type Html, html } from '@slipway/service-kit';

/** A moment for people and machines. */
export function showTime(moment: string): Html {
  return html`<time datetime="${moment}">${sayTime(moment)}</time>`;
}

/** Returns a moment as `2030-01-31 12:00 UTC`. */
export function sayTime(moment: string): string {
  return `${moment.slice(0, 16).replace('T', ' ')} UTC`;
}
