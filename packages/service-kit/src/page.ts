import { type Html, html } from './html.ts';
import type { Identity } from './identity.ts';

/** What a service says on its page; the frame around it is the same for all. */
export type Page = {
  readonly title: string;
  /** One sentence under the title. */
  readonly lead: string;
  /** The service's data. */
  readonly content: Html;
};

/** Returns the whole page of the service at `path`: title, picture, data and which task answered. */
export function renderPage(path: string, page: Page, identity: Identity): string {
  const assets = `${path}/assets`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title}</title>
<link rel="icon" href="${assets}/picture.svg" type="image/svg+xml">
<link rel="stylesheet" href="${assets}/bootstrap.min.css">
<script src="${assets}/theme.js"></script>
<script src="${assets}/bootstrap.bundle.min.js" defer></script>
<script src="${assets}/page.js" defer></script>
</head>
<body>
<a class="visually-hidden-focusable position-absolute p-2" href="#content">Skip to the content</a>
<header class="container py-4">
<div class="d-flex align-items-center gap-3">
<img src="${assets}/picture.svg" width="72" height="72" alt="">
<div>
<h1 class="h2 mb-1">${page.title}</h1>
<p class="text-body-secondary mb-0">${page.lead}</p>
</div>
</div>
</header>
<main id="content" class="container pb-4" tabindex="-1">
${page.content}
</main>
<footer class="container pb-5">${renderAnswer(path, identity)}</footer>
</body>
</html>
`.html;
}

const labels: Readonly<Record<keyof Identity, string>> = {
  ip: 'IP address',
  hostname: 'Host',
  task: 'Task',
  version: 'Version',
  commit: 'Commit',
  imageDigest: 'Image',
  environment: 'Environment',
  service: 'Service',
};
const shownAtOnce: readonly string[] = ['ip', 'hostname', 'task'];

/** Without script the button loads the page again; with it only these values change. */
function renderAnswer(path: string, identity: Identity): Html {
  const keys = Object.keys(labels) as (keyof Identity)[];
  const [first, rest] = [keys.filter(isShownAtOnce), keys.filter(key => !isShownAtOnce(key))];
  return html`<section class="card" aria-labelledby="answer-title">
<div class="card-body">
<div class="d-flex flex-wrap justify-content-between align-items-center gap-2 mb-2">
<h2 class="h5 mb-0" id="answer-title">Answered by</h2>
<form id="answer-refresh" action="${path}/" data-source="${path}/json">
<button class="btn btn-sm btn-primary" type="submit">Refresh</button>
<button class="btn btn-sm btn-outline-secondary" type="button" data-bs-toggle="collapse" data-bs-target="#answer-details" aria-expanded="false" aria-controls="answer-details">Details</button>
</form>
</div>
<dl class="row mb-0">${first.map(key => renderValue(key, identity))}</dl>
<div class="collapse" id="answer-details"><dl class="row mb-0">${rest.map(key => renderValue(key, identity))}</dl></div>
<p class="visually-hidden" id="answer-status" role="status"></p>
</div>
</section>`;
}

function isShownAtOnce(key: keyof Identity): boolean {
  return shownAtOnce.includes(key);
}

function renderValue(key: keyof Identity, identity: Identity): Html {
  return html`
<dt class="col-sm-3 fw-normal text-body-secondary">${labels[key]}</dt>
<dd class="col-sm-9 mb-1 font-monospace text-break" data-answer="${key}">${identity[key]}</dd>`;
}
