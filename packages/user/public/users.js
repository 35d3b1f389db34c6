// Brings the forms of the account to life. The refresh token is in a cookie that no script can read; the access
// token stays in this page's memory.
const texts = JSON.parse(document.getElementById('page-data').textContent);
const at = id => document.getElementById(id);
let accessToken;

/** Asks the service; returns the answer, or throws a `Refusal` that says what to show. */
async function ask(method, path, body) {
  const headers = {
    ...(body && { 'Content-Type': 'application/json' }),
    ...(accessToken && { Authorization: `Bearer ${accessToken}` }),
  };
  let response;
  try {
    response = await fetch(`/users${path}`, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new Refusal(texts.unreachable);
  }
  const answer = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  if (!response.ok) throw describe(response, answer);
  return answer;
}

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

function describe(response, problem) {
  const { status } = response;
  const field = problem?.errors?.[0]?.path;
  if (status === 400 && field in invalid) return new Refusal(invalid[field], status, field);
  if (status === 409) return new Refusal(texts.emailTaken, status, 'email');
  if (status === 429) {
    const minutes = Math.ceil(Number(response.headers.get('Retry-After') ?? 60) / 60);
    return new Refusal(texts.tooMany.replace('{minutes}', minutes), status);
  }
  if (status === 503) return new Refusal(texts.unavailable, status);
  return new Refusal(texts.failed, status);
}

/** Asks as the user; with a token that has ended it gets another one and asks once more. */
async function askAsUser(method, path, body) {
  try {
    return await ask(method, path, body);
  } catch (refusal) {
    if (refusal.status !== 401) throw refusal;
    if (await resume()) return ask(method, path, body);
    showNobody(texts.sessionOver);
    throw new Refusal('', 401);
  }
}

/** Carries the session on, if there is one. */
async function resume() {
  accessToken = undefined;
  try {
    accept(await ask('POST', '/sessions/refresh'));
    return true;
  } catch {
    return false;
  }
}

function accept(session) {
  accessToken = session.accessToken;
  showAccount(session.user);
}

function showAccount(user) {
  const values = {
    email: user.email,
    roles: user.roles.join(', ') || texts.noRoles,
    registeredAt: `${user.registeredAt.slice(0, 16).replace('T', ' ')} UTC`,
  };
  for (const element of document.querySelectorAll('[data-account]')) {
    element.textContent = values[element.dataset.account];
  }
  at('rename-name').value = user.name;
  at('signed-out').hidden = true;
  at('signed-in').hidden = false;
  at('go-back').hidden = goBackTo() === undefined;
}

function showNobody(said) {
  accessToken = undefined;
  at('signed-in').hidden = true;
  at('signed-out').hidden = false;
  at('go-back').hidden = true;
  if (said === undefined) return;
  say(said);
  at('sign-in-title').focus();
}

function say(text) {
  at('account-status').textContent = text;
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
  try {
    accept(await ask('POST', '/sessions', { email, password }));
  } catch (refusal) {
    if (refusal.status === 401 || refusal.status === 400) {
      throw new Refusal(texts.wrongCredentials, 401, 'password');
    }
    throw refusal;
  }
  for (const form of ['sign-in', 'register']) at(form).reset();
  const back = goBackTo();
  if (back !== undefined) return location.assign(back);
  say(texts.signedIn.replace('{name}', at('rename-name').value));
  at('rename-title').focus();
}

onSubmit('sign-in', signIn);

onSubmit('register', async ({ name, email, password }) => {
  await ask('POST', '', { name, email, password });
  await signIn({ email, password });
});

onSubmit('rename', async ({ name }) => {
  showAccount(await askAsUser('PATCH', '/me', { name }));
  say(texts.nameSaved);
});

onSubmit('change-password', async ({ current, next }) => {
  try {
    accept(await askAsUser('PUT', '/me/password', { current, next }));
  } catch (refusal) {
    if (refusal.status === 403) throw new Refusal(texts.wrongPassword, 403, 'current');
    if (refusal.status === 409) throw new Refusal(texts.failed, 409);
    throw refusal;
  }
  at('change-password').reset();
  say(texts.passwordChanged);
});

at('sign-out').addEventListener('click', async () => {
  try {
    await ask('DELETE', '/sessions/current');
    showNobody(texts.signedOut);
  } catch (refusal) {
    at('rename-error').textContent = refusal.message;
  }
});

at('go-back').querySelector('a').href = goBackTo() ?? '/users/';
if (!(await resume())) showNobody();
