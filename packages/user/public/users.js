// Brings the forms of the account to life. Who is signed in is the session's to know, on every page.
import { session } from './session.js';

const texts = JSON.parse(document.getElementById('page-data').textContent);
const at = id => document.getElementById(id);

/** What a person is told, and which field it is about. */
class Refusal extends Error {
  constructor(text, status, field) {
    super(text);
    this.status = status;
    this.field = field;
  }
}

const invalid = {
  email: texts.emailInvalid,
  name: texts.nameInvalid,
  password: texts.passwordInvalid,
  current: texts.wrongPassword,
  next: texts.passwordInvalid,
};

/** Asks the service as whoever is signed in; returns the answer, or throws a `Refusal` that says what to show. */
async function ask(method, path, body) {
  const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
  let response;
  try {
    response = await session.fetch(`/users${path}`, { method, headers, body: JSON.stringify(body) });
  } catch {
    throw new Refusal(texts.unreachable);
  }
  const answer = await response.json().catch(() => undefined);
  if (!response.ok) throw describe(response, answer);
  return answer;
}

function describe(response, problem) {
  const { status } = response;
  const field = problem?.errors?.[0]?.path;
  if (status === 400 && field in invalid) return new Refusal(invalid[field], status, field);
  if (status === 401) return new Refusal(texts.sessionOver, status);
  if (status === 409) return new Refusal(texts.emailTaken, status, 'email');
  if (status === 429) {
    const minutes = Math.ceil(Number(response.headers.get('Retry-After') ?? 60) / 60);
    return new Refusal(texts.tooMany.replace('{minutes}', minutes), status);
  }
  if (status === 503) return new Refusal(texts.unavailable, status);
  return new Refusal(texts.failed, status);
}

function showAccount(user) {
  const values = {
    email: user.email,
    roles: user.roles.join(', ') || texts.noRoles,
    registeredAt: showTime(user.registeredAt),
  };
  for (const element of document.querySelectorAll('[data-account]')) {
    element.textContent = values[element.dataset.account];
  }
  at('rename-name').value = user.name;
  at('change-password-username').value = user.email;
  at('account-none').hidden = true;
  at('account').hidden = false;
  at('go-back').hidden = goBackTo() === undefined;
}

function showNobody() {
  at('account').hidden = true;
  at('account-none').hidden = false;
  at('go-back').hidden = true;
}

/** Shows what fits whoever is signed in. */
async function show() {
  if (session.user === undefined) return showNobody();
  try {
    showAccount(await ask('GET', '/me'));
  } catch (refusal) {
    if (session.user === undefined) showNobody();
    else say(refusal.message, 'warning');
  }
}

/** Says it to everybody: the element is announced when it changes. */
function say(text, kind = 'success') {
  const note = document.createElement('p');
  note.className = `alert alert-${kind}`;
  note.textContent = text;
  at('account-status').replaceChildren(...(text === '' ? [] : [note]));
}

/** Puts a profile first among the new members. */
function showNewest({ name, registeredAt }) {
  const entry = document.createElement('li');
  entry.className = 'list-group-item d-flex flex-wrap justify-content-between gap-2';
  const [named, time] = [document.createElement('span'), document.createElement('time')];
  Object.assign(named, { className: 'text-break', textContent: name });
  Object.assign(time, { className: 'text-body-secondary', textContent: showTime(registeredAt) });
  time.dateTime = registeredAt;
  entry.append(named, time);
  at('newest').prepend(entry);
  at('newest').hidden = false;
  at('nobody')?.remove();
}

function showTime(iso) {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

/** The page that sent the user here, if it is one of this origin. */
function goBackTo() {
  const wanted = new URLSearchParams(location.search).get('return');
  if (!wanted?.startsWith('/')) return undefined;
  const url = new URL(wanted, location.origin);
  return url.origin === location.origin ? url.pathname + url.search + url.hash : undefined;
}

/** Has a form do this with its values; what is refused is said beside it, and the field gets the focus. */
function onSubmit(id, act) {
  const form = at(id);
  const error = at(`${id}-error`);
  const button = form.querySelector('[type=submit]');
  form.addEventListener('submit', async event => {
    event.preventDefault();
    error.textContent = '';
    say('');
    for (const input of form.querySelectorAll('[aria-invalid]')) mark(input, false);
    button.disabled = true;
    try {
      await act(Object.fromEntries(new FormData(form)));
    } catch (refusal) {
      error.textContent = refusal.message;
      const input = refusal.field && form.elements.namedItem(refusal.field);
      if (input) {
        mark(input, true);
        input.focus();
      }
    } finally {
      button.disabled = false;
    }
  });
}

function mark(input, wrong) {
  input.classList.toggle('is-invalid', wrong);
  if (wrong) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}

async function signIn({ email, password }) {
  const signedIn = await ask('POST', '/sessions', { email, password }).catch(refusal => {
    if (refusal.status !== 401 && refusal.status !== 400) throw refusal;
    throw new Refusal(texts.wrongCredentials, 401, 'password');
  });
  showAccount(signedIn.user);
  session.adopt(signedIn.accessToken);
  for (const form of ['sign-in', 'register']) at(form).reset();
  const back = goBackTo();
  if (back !== undefined) return location.assign(back);
  say(texts.signedIn.replace('{name}', signedIn.user.name));
  at('rename-title').focus();
}

onSubmit('sign-in', signIn);

onSubmit('register', async ({ name, email, password }) => {
  showNewest(await ask('POST', '', { name, email, password }));
  await signIn({ email, password });
});

onSubmit('rename', async ({ name }) => {
  showAccount(await ask('PATCH', '/me', { name }));
  // The next access token says the new name, too.
  session.adopt((await ask('POST', '/sessions/refresh')).accessToken);
  at('signed-in-name').textContent = session.user.name;
  say(texts.nameSaved);
});

onSubmit('change-password', async ({ current, next }) => {
  const { accessToken, user } = await ask('PUT', '/me/password', { current, next }).catch(refusal => {
    if (refusal.status === 403) throw new Refusal(texts.wrongPassword, 403, 'current');
    if (refusal.status === 409) throw new Refusal(texts.failed, 409);
    throw refusal;
  });
  session.adopt(accessToken);
  at('change-password').reset();
  showAccount(user);
  say(texts.passwordChanged);
});

// Somebody signs in or out, perhaps in another tab.
session.onChange(() => {
  if ((session.user !== undefined) === !at('account').hidden) return;
  if (session.user !== undefined) return show();
  showNobody();
  say(texts.signedOut);
  at('sign-in-title').focus();
});

at('go-back').querySelector('a').href = goBackTo() ?? '/users/';
await session.ready;
await show();
