// What the pages of blog share: who may do what, asking the service, and saying how that went.
import { session } from './session.js';

/** What the page was made with. */
export const page = JSON.parse(document.getElementById('page-data').textContent);

const message = document.getElementById('message');

/** Says what happens, aloud for who does not see it. */
export function say(text, kind = 'info') {
  message.textContent = text;
  message.className = text === '' ? '' : `alert alert-${kind} mt-3`;
}

/** Shows what this reader may do, now and whenever somebody signs in or out. */
export async function showWhatFits() {
  await session.ready;
  session.onChange(showNow);
  showNow();
}

function showNow() {
  const { user } = session;
  for (const part of document.querySelectorAll('[data-signed-in]')) part.hidden = !user;
  for (const part of document.querySelectorAll('[data-signed-out]')) part.hidden = Boolean(user);
  for (const part of document.querySelectorAll('[data-only-for]')) {
    part.hidden = !part.dataset.onlyFor.split(' ').includes(user?.id);
  }
}

/** Asks the service with the token of whoever is signed in; returns its answer, or throws what went wrong in words. */
export async function ask(method, address, { body, etag } = {}) {
  const response = await session.fetch(address, {
    method,
    headers: {
      Accept: 'application/json',
      ...(body && { 'Content-Type': 'application/json' }),
      ...(etag && { 'If-Match': etag }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(describeProblem(response.status, text));
  return text === '' ? undefined : JSON.parse(text);
}

function describeProblem(status, text) {
  if (status === 412) return page.texts.changedMeanwhile;
  try {
    const { title, detail = title, errors = [] } = JSON.parse(text);
    return [detail, ...errors.map(error => `${error.path} ${error.message}`)].join(' ');
  } catch {
    return String(status);
  }
}

/** Does something that may fail while the button that asked for it waits. */
export async function attempt(button, work) {
  button.disabled = true;
  say(page.texts.working);
  try {
    await work();
    say('');
  } catch (error) {
    say(
      page.texts.failed.replace('{reason}', () => error.message),
      'danger',
    );
  } finally {
    button.disabled = false;
  }
}
