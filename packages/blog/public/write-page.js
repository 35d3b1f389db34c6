// Writing a post, or changing one, with a preview that the service renders.
import { ask, attempt, page, say, showWhatFits } from './blog.js';
import { session } from './session.js';

const form = document.getElementById('post-form');
const { title, body } = form.elements;
const written = () => ({ title: title.value, body: body.value });
const before = JSON.stringify(written());
let left = false;

form.addEventListener('submit', event => {
  event.preventDefault();
  attempt(event.submitter ?? form.querySelector('[type=submit]'), async () => {
    const post = await (page.address === undefined
      ? ask('POST', '/blog/posts', { body: written() })
      : ask('PUT', page.address, { body: written(), etag: page.etag }));
    left = true;
    location.assign(`/blog/posts/${post.id}${page.query}`);
  });
});

const preview = document.getElementById('preview');
const button = document.getElementById('preview-button');
button.addEventListener('click', () =>
  attempt(button, async () => {
    const { html } =
      body.value.trim() === ''
        ? { html: '' }
        : await ask('POST', '/blog/preview', { body: { body: body.value } });
    if (html === '') preview.textContent = page.texts.previewEmpty;
    else preview.innerHTML = html; // sanitized by the service as every post is
    document.getElementById('preview-section').hidden = false;
    document.getElementById('preview-title').focus();
  }),
);

addEventListener('beforeunload', event => {
  if (!left && JSON.stringify(written()) !== before) event.preventDefault();
});

await showWhatFits();
if (page.author !== undefined && session.user && session.user.id !== page.author) {
  form.hidden = true;
  say(page.texts.notYours, 'warning');
}
