import { type Html, html, type Page } from '@slipway/service-kit';
import type { Profile } from './user.ts';

/** Returns the page that shows these users. */
export function showUsers(newest: readonly Profile[]): Page {
  return {
    title: 'Users',
    lead: 'Who registered last.',
    content: newest.length === 0 ? nobodyYet : html`<ul class="list-group mb-3">${newest.map(showUser)}</ul>`,
  };
}

const nobodyYet = html`<p>Nobody has registered yet. <code>POST /users</code> registers.</p>`;

function showUser({ name, registeredAt }: Profile): Html {
  return html`
<li class="list-group-item d-flex flex-wrap justify-content-between gap-2">
<span class="text-break">${name}</span>
<time class="text-body-secondary" datetime="${registeredAt}">${registeredAt.slice(0, 16).replace('T', ' ')} UTC</time>
</li>`;
}
