import { type Html, html, type Language, type Page } from '@slipway/service-kit';
import { pageTexts } from './page-texts.ts';
import type { Profile } from './user.ts';

type Texts = ReturnType<typeof pageTexts>;

/** Returns the page: the forms of an account, which `users.js` brings to life, and who is new. */
export function showUsers(newest: readonly Profile[], language: Language): Page {
  const texts = pageTexts(language);
  return {
    title: texts.title,
    lead: texts.lead,
    scripts: ['users.js'],
    data: texts,
    content: html`
<div id="account-status" role="status"></div>
<noscript><p class="alert alert-warning">${texts.needsScript}</p></noscript>
<p id="go-back" hidden><a class="btn btn-outline-primary">${texts.goBack}</a></p>
<div class="row g-4 mb-4" id="account-none" hidden>${renderSignIn(texts)}${renderRegistration(texts)}</div>
<div class="row g-4 mb-4" id="account" hidden>${renderAccount(texts)}${renderPasswordChange(texts)}</div>
<section aria-labelledby="newest-title">
<h2 class="h5" id="newest-title">${texts.newest}</h2>
${newest.length === 0 ? html`<p id="nobody">${texts.nobody}</p>` : ''}
<ul class="list-group mb-3" id="newest" ${newest.length === 0 ? 'hidden' : ''}>${newest.map(showUser)}</ul>
</section>`,
  };
}

/** The name that everybody may know; never an address. */
function showUser({ name, registeredAt }: Profile): Html {
  return html`
<li class="list-group-item d-flex flex-wrap justify-content-between gap-2">
<span class="text-break">${name}</span>
<time class="text-body-secondary" datetime="${registeredAt}">${registeredAt.slice(0, 16).replace('T', ' ')} UTC</time>
</li>`;
}

function renderSignIn(texts: Texts): Html {
  return renderForm('sign-in', texts.signIn, texts.signIn, [
    { field: 'email', label: texts.email, type: 'email', autocomplete: 'username', max: 254 },
    {
      field: 'password',
      label: texts.password,
      type: 'password',
      autocomplete: 'current-password',
      max: 256,
    },
  ]);
}

function renderRegistration(texts: Texts): Html {
  return renderForm('register', texts.register, texts.register, [
    {
      field: 'name',
      label: texts.name,
      type: 'text',
      autocomplete: 'nickname',
      max: 80,
      help: texts.nameHelp,
    },
    {
      field: 'email',
      label: texts.email,
      type: 'email',
      autocomplete: 'email',
      max: 254,
      help: texts.emailHelp,
    },
    {
      ...{ field: 'password', label: texts.password, type: 'password', autocomplete: 'new-password' },
      ...{ min: 12, max: 256, help: texts.passwordHelp },
    },
  ]);
}

function renderAccount(texts: Texts): Html {
  const values = [
    ['email', texts.email],
    ['roles', texts.roles],
    ['registeredAt', texts.registered],
  ] as const;
  const details = html`<dl class="row mb-3">${values.map(
    ([key, label]) => html`
<dt class="col-sm-4 fw-normal text-body-secondary">${label}</dt>
<dd class="col-sm-8 mb-1 text-break" data-account="${key}"></dd>`,
  )}</dl>`;
  const name = {
    field: 'name',
    label: texts.name,
    type: 'text',
    autocomplete: 'nickname',
    max: 80,
    help: texts.nameHelp,
  };
  return renderForm('rename', texts.account, texts.saveName, [name], details);
}

function renderPasswordChange(texts: Texts): Html {
  const password = { type: 'password', max: 256 };
  // Password managers learn from the hidden field whose password it is.
  const above = html`<p class="text-body-secondary">${texts.changePasswordHelp}</p>
<input id="change-password-username" type="text" autocomplete="username" hidden>`;
  return renderForm(
    'change-password',
    texts.changePassword,
    texts.changePassword,
    [
      { ...password, field: 'current', label: texts.currentPassword, autocomplete: 'current-password' },
      {
        ...password,
        field: 'next',
        label: texts.newPassword,
        autocomplete: 'new-password',
        min: 12,
        help: texts.passwordHelp,
      },
    ],
    above,
  );
}

type Field = {
  readonly field: string;
  readonly label: string;
  readonly type: string;
  readonly autocomplete: string;
  readonly min?: number;
  readonly max: number;
  readonly help?: string;
};

/** A form in a card. Its errors are announced as they appear; the script marks the field that they are about. */
function renderForm(
  id: string,
  title: string,
  action: string,
  fields: readonly Field[],
  above: Html | string = '',
): Html {
  return html`
<section class="col-md-6" aria-labelledby="${id}-title">
<div class="card h-100"><div class="card-body">
<h2 class="h5" id="${id}-title" tabindex="-1">${title}</h2>
<form id="${id}" method="post">
${above}
${fields.map(field => renderField(id, field))}
<p class="text-danger-emphasis mb-2" id="${id}-error" role="alert"></p>
<button class="btn btn-primary" type="submit">${action}</button>
</form>
</div></div>
</section>`;
}

function renderField(form: string, { field, label, type, autocomplete, min, max, help }: Field): Html {
  const id = `${form}-${field}`;
  const described = [...(help === undefined ? [] : [`${id}-help`]), `${form}-error`].join(' ');
  return html`
<div class="mb-3">
<label class="form-label" for="${id}">${label}</label>
<input class="form-control" id="${id}" name="${field}" type="${type}" autocomplete="${autocomplete}" required minlength="${min ?? 1}" maxlength="${max}" aria-describedby="${described}">
${help === undefined ? '' : html`<div class="form-text" id="${id}-help">${help}</div>`}
</div>`;
}
