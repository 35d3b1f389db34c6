import { type Html, html } from './html.ts';
import type { Identity } from './identity.ts';
import { defineTexts, type Language } from './language.ts';
import type { PageFrame } from './page.ts';

const textsOf = defineTexts({
  en: {
    answeredBy: 'Answered by',
    answeredByWhom: 'Answered by {ip}',
    noAnswer: 'The service did not answer.',
    refresh: 'Refresh',
    details: 'Details',
    interface: 'Interface',
    ip: 'IP address',
    hostname: 'Host',
    task: 'Task',
    version: 'Version',
    commit: 'Commit',
    imageDigest: 'Image',
    environment: 'Environment',
    service: 'Service',
  },
  zh: {
    answeredBy: '应答者',
    answeredByWhom: '应答者：{ip}',
    noAnswer: '服务没有应答。',
    refresh: '刷新',
    details: '详情',
    interface: '接口',
    ip: 'IP 地址',
    hostname: '主机',
    task: '任务',
    version: '版本',
    commit: '提交',
    imageDigest: '镜像',
    environment: '环境',
    service: '服务',
  },
});

const shownAtOnce: readonly (keyof Identity)[] = ['ip', 'hostname', 'task'];
const shownOnDemand: readonly (keyof Identity)[] = [
  'version',
  'commit',
  'imageDigest',
  'environment',
  'service',
];

/** Returns the card that says which task answered. Without script the button loads the page again; with it only these values change. */
export function renderAnswer({ path, at, identity, language }: PageFrame): Html {
  const texts = textsOf(language);
  return html`<section class="card" aria-labelledby="answer-title">
<div class="card-body">
<div class="d-flex flex-wrap justify-content-between align-items-center gap-2 mb-2">
<h2 class="h5 mb-0" id="answer-title">${texts.answeredBy}</h2>
<form id="answer-refresh" action="${at}" data-source="${path}/json" data-answered="${texts.answeredByWhom}" data-failed="${texts.noAnswer}">
<button class="btn btn-sm btn-primary" type="submit">${texts.refresh}</button>
<button class="btn btn-sm btn-secondary" type="button" data-bs-toggle="collapse" data-bs-target="#answer-details" aria-expanded="false" aria-controls="answer-details">${texts.details}</button>
</form>
</div>
<dl class="row mb-0">${shownAtOnce.map(key => renderValue(key, identity, language))}</dl>
<div class="collapse" id="answer-details"><dl class="row mb-0">${shownOnDemand.map(key => renderValue(key, identity, language))}</dl></div>
<p class="visually-hidden" id="answer-status" role="status"></p>
<p class="mb-0 mt-2"><a href="${path}/docs">${texts.interface}</a></p>
</div>
</section>`;
}

function renderValue(key: keyof Identity, identity: Identity, language: Language): Html {
  return html`
<dt class="col-sm-3 fw-normal text-body-secondary">${textsOf(language)[key]}</dt>
<dd class="col-sm-9 mb-1 font-monospace text-break" data-answer="${key}">${identity[key]}</dd>`;
}
