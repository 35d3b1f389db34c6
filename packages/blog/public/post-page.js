// Commenting, and deleting what is the reader's own.
import { ask, attempt, page, showWhatFits } from './blog.js';

const form = document.getElementById('comment-form');

form.addEventListener('submit', event => {
  event.preventDefault();
  attempt(event.submitter ?? form.querySelector('[type=submit]'), async () => {
    await ask('POST', form.getAttribute('action'), { body: { body: form.elements.body.value } });
    form.reset();
    showComments({ order: 'newest' });
  });
});

document.addEventListener('click', event => {
  const button = event.target.closest('[data-delete]');
  if (!button || !confirm(page.texts.sure)) return;
  attempt(button, async () => {
    const { delete: address, then } = button.dataset;
    await ask('DELETE', address, then === undefined ? {} : { etag: page.etag });
    if (then === undefined) showComments({});
    else location.assign(then);
  });
});

/** Loads the page again where its comments begin. */
function showComments(parameters) {
  const shown = new URL(location.href);
  shown.searchParams.delete('after');
  for (const [name, value] of Object.entries(parameters)) shown.searchParams.set(name, value);
  shown.hash = 'comments';
  history.replaceState(null, '', shown);
  location.reload();
}

await showWhatFits();
