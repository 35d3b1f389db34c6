// Lets the reader of an interface try its operations, as who is signed in.
import { session } from './session.js';

for (const form of document.querySelectorAll('form.attempt')) {
  form.hidden = false;
  form.addEventListener('submit', event => {
    event.preventDefault();
    send(form);
  });
}

async function send(form) {
  const shown = form.querySelector('pre');
  shown.textContent = '…';
  try {
    const response = await session.fetch(...describeRequest(form));
    const head = [`${response.status} ${response.statusText}`];
    for (const name of ['content-type', 'etag', 'location', 'retry-after', 'x-request-id']) {
      if (response.headers.has(name)) head.push(`${name}: ${response.headers.get(name)}`);
    }
    const streams = response.headers.get('content-type')?.startsWith('text/event-stream');
    const text = streams ? await readFirst(response) : await response.text();
    shown.textContent = `${head.join('\n')}\n\n${indent(text)}`;
  } catch {
    shown.textContent = form.dataset.failed;
  }
}

function describeRequest(form) {
  const headers = {};
  const query = new URLSearchParams();
  let { path } = form.dataset;
  for (const { name, value, dataset } of form.querySelectorAll('input')) {
    if (value === '') continue;
    if (dataset.in === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (dataset.in === 'query') query.append(name, value);
    else headers[name] = value;
  }
  const body = form.querySelector('textarea')?.value;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const url = query.size > 0 ? `${path}?${query}` : path;
  return [url, { method: form.dataset.method, headers, ...(body !== undefined && { body }) }];
}

/** What a stream says at first; the rest would not end. */
async function readFirst(response) {
  const reader = response.body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return `${new TextDecoder().decode(value)}…`;
}

function indent(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
