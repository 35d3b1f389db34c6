// What editors write with: fills the form with an article, sends it, withdraws it, and lists what is scheduled.
import { session } from './session.js';

const articlesUrl = '/news/articles';
const { id, texts, ...pages } = JSON.parse(document.getElementById('page-data').textContent);
const form = document.getElementById('desk');
const fields = form.elements;
const part = document.getElementById('desk-fields');
const status = document.getElementById('desk-status');
/** The article as it was read, and its version for If-Match. */
let read;
let version;

let begun = false;
session.onChange(beginOnce);
session.ready.then(beginOnce);

/** Whoever is signed out and in again finds what they have written. */
function beginOnce() {
  if (begun || !session.user?.roles.includes('editor')) return;
  begun = true;
  begin();
}

async function begin() {
  form.addEventListener('submit', event => {
    event.preventDefault();
    attempt(save);
  });
  document.getElementById('withdraw')?.addEventListener('click', () => {
    if (confirm(texts.withdrawSure)) attempt(withdraw);
  });
  if (id !== undefined && !(await attempt(load))) part.disabled = true;
  else await attempt(listScheduled);
}

async function load() {
  const response = await ask(`${articlesUrl}/${id}`);
  read = await response.json();
  version = response.headers.get('ETag');
  for (const name of ['title', 'summary', 'body', 'category']) fields[name].value = read[name];
  fields.tags.value = read.tags.join(', ');
  fields.publishAt.value = toLocal(read.publishAt);
  fields.publishAt.disabled = Date.parse(read.publishAt) <= Date.now();
}

async function save() {
  const response = await ask(id === undefined ? articlesUrl : `${articlesUrl}/${id}`, {
    method: id === undefined ? 'POST' : 'PATCH',
    headers: { 'Content-Type': 'application/json', ...(version && { 'If-Match': version }) },
    body: JSON.stringify(readForm()),
  });
  const article = await response.json();
  const isPublished = Date.parse(article.publishAt) <= Date.now();
  location.assign(pageOf(article.id, isPublished ? pages.articlePage : pages.deskPage));
}

async function withdraw() {
  await ask(`${articlesUrl}/${id}`, { method: 'DELETE', headers: { 'If-Match': version } });
  location.assign(pages.newDeskPage);
}

async function listScheduled() {
  const { items } = await (await ask('/news/scheduled?limit=100')).json();
  const entries = items.map(({ id, title, publishAt }) => {
    const link = document.createElement('a');
    link.href = pageOf(id, pages.deskPage);
    link.textContent = title;
    const entry = document.createElement('li');
    entry.append(link, ` · ${new Date(publishAt).toLocaleString(document.documentElement.lang)}`);
    return entry;
  });
  const list = document.getElementById('scheduled');
  if (entries.length > 0) list.replaceChildren(...entries);
  else list.replaceWith(texts.nothingScheduled);
}

function readForm() {
  const text = name => fields[name].value;
  const tags = text('tags')
    .split(/[,，、]/)
    .filter(tag => tag.trim() !== '');
  const article = {
    title: text('title'),
    summary: text('summary'),
    body: text('body'),
    category: text('category'),
    tags,
  };
  const publishAt = text('publishAt');
  const isMoved = publishAt !== '' && publishAt !== (read && toLocal(read.publishAt));
  return isMoved ? { ...article, publishAt: new Date(publishAt).toISOString() } : article;
}

/** Asks as the editor who is signed in; an answer that is a problem is thrown with its words. */
async function ask(url, { headers, ...init } = {}) {
  const asked = { ...init, headers: { Accept: 'application/json', ...headers } };
  const response = await session.fetch(url, asked).catch(() => {
    throw new Error(texts.unreachable);
  });
  if (response.ok) return response;
  const { detail, title, errors = [] } = await response.json().catch(() => ({ title: response.status }));
  throw new Error([detail ?? title, ...errors.map(({ path, message }) => `${path}: ${message}`)].join(' '));
}

/** Returns whether that worked. Nothing can be changed while it is under way. */
async function attempt(work) {
  part.disabled = true;
  status.textContent = '';
  try {
    await work();
    return true;
  } catch (error) {
    status.textContent = texts.failed.replace('{reason}', () => error.message);
    status.className = 'text-danger-emphasis';
    return false;
  } finally {
    part.disabled = false;
  }
}

function pageOf(id, page) {
  return page.replace('{id}', id);
}

/** The time as an input of the kind datetime-local has it. */
function toLocal(instant) {
  const time = new Date(instant);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
