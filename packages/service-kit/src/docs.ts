import { exampleOf } from './example.ts';
import { type Html, html } from './html.ts';
import { defineTexts, fill, type Language } from './language.ts';
import type { OpenApi, Operation, Parameter } from './openapi.ts';
import type { JsonSchema } from './openapi-schema.ts';
import type { Page } from './page.ts';

const textsOf = defineTexts({
  en: {
    title: '{name}: interface',
    lead: 'What programs may ask this service, and what it answers.',
    document: 'The same as an OpenAPI document',
    parameter: 'Parameter',
    where: 'Where',
    values: 'Values',
    required: 'required',
    signIn: 'Needs an access token',
    body: 'Body',
    answers: 'Answers',
    attempt: 'Try it',
    send: 'Send',
    answer: 'Answer',
    failed: 'The service did not answer.',
    shapes: 'Shapes',
  },
  zh: {
    title: '{name}：接口',
    lead: '程序可以向本服务请求什么，以及它如何应答。',
    document: '同样内容的 OpenAPI 文档',
    parameter: '参数',
    where: '位置',
    values: '取值',
    required: '必填',
    signIn: '需要访问令牌',
    body: '正文',
    answers: '应答',
    attempt: '试一试',
    send: '发送',
    answer: '应答',
    failed: '服务没有应答。',
    shapes: '数据结构',
  },
});
type Key = keyof ReturnType<typeof textsOf>;
type Scene = { readonly document: OpenApi; readonly texts: Readonly<Record<Key, string>> };

/** Returns the page that explains a document and lets its reader try each operation. */
export function showDocs(path: string, document: OpenApi, language: Language): Page {
  const scene = { document, texts: textsOf(language) };
  const operations = Object.entries(document.paths).flatMap(([at, methods]) =>
    Object.entries(methods).map(([method, operation]) => showOperation(scene, at, method, operation)),
  );
  const schemas = Object.entries(document.components.schemas ?? {}) as [string, JsonSchema][];
  return {
    title: fill(scene.texts.title, { name: document.info.title }),
    lead: scene.texts.lead,
    scripts: ['docs.js'],
    content: html`<p><a href="${path}/openapi.json">${scene.texts.document}</a></p>
${operations}
<h2 class="h4 mt-4">${scene.texts.shapes}</h2>
${schemas.map(([name, schema]) => showSchema(name, schema))}`,
  };
}

function showOperation(scene: Scene, path: string, method: string, operation: Operation): Html {
  const { texts } = scene;
  const { operationId, summary, description, parameters = [], security } = operation;
  return html`
<details class="card mb-2" id="${operationId}">
<summary class="card-header"><h2 class="h6 d-inline text-break"><span class="badge text-bg-primary">${method.toUpperCase()}</span>
<code>${path}</code></h2> <span class="text-body-secondary">${summary}</span></summary>
<div class="card-body">
${description === undefined ? '' : html`<p>${description}</p>`}${security?.length === 1 ? html`<p>${texts.signIn}</p>` : ''}
${parameters.length === 0 ? '' : showParameters(scene, parameters)}
<h3 class="h6">${texts.answers}</h3>
<ul class="list-unstyled">${Object.entries(operation.responses).map(([status, answer]) => showAnswer(scene, status, answer))}</ul>
${showAttempt(scene, path, method, operation)}
</div>
</details>`;
}

function showParameters({ texts }: Scene, parameters: readonly Parameter[]): Html {
  return html`<div class="table-responsive" tabindex="0"><table class="table table-sm">
<thead><tr><th scope="col">${texts.parameter}</th><th scope="col">${texts.where}</th><th scope="col">${texts.values}</th></tr></thead>
<tbody>${parameters.map(
    ({ name, in: place, required, description, schema }) => html`
<tr><th scope="row"><code>${name}</code></th><td>${place}${required ? html`, ${texts.required}` : ''}</td>
<td><code class="text-break">${describeValues(schema)}</code> ${description ?? ''}</td></tr>`,
  )}
</tbody></table></div>`;
}

function showAnswer({ document }: Scene, status: string, answer: Operation['responses'][string]): Html {
  const known = '$ref' in answer ? readReference(document, answer.$ref) : answer;
  const { description, content = {} } = known as {
    description: string;
    content?: Record<string, { schema: JsonSchema }>;
  };
  const bodies = Object.entries(content).map(
    ([type, { schema }]) => html` · <code class="text-break">${type} ${describeValues(schema)}</code>`,
  );
  return html`
<li><strong>${status}</strong> ${description}${bodies}</li>`;
}

/** A form that `docs.js` sends; without script there is nothing to try. */
function showAttempt({ document, texts }: Scene, path: string, method: string, operation: Operation): Html {
  const { operationId: id, parameters = [], requestBody } = operation;
  const schema = requestBody?.content['application/json']?.schema;
  const example =
    schema === undefined ? '' : JSON.stringify(exampleOf(schema, document.components.schemas), null, 2);
  return html`<form class="attempt border-top pt-3" data-method="${method.toUpperCase()}" data-path="${path}" data-failed="${texts.failed}" aria-label="${texts.attempt}" hidden>
${parameters.map(
  ({
    name,
    in: place,
    required,
  }) => html`<div class="mb-2"><label class="form-label" for="${id}-${name}">${name}</label>
<input class="form-control form-control-sm font-monospace" id="${id}-${name}" name="${name}" data-in="${place}" autocomplete="off"${required ? html` required` : ''}></div>
`,
)}${
  schema === undefined
    ? ''
    : html`<div class="mb-2"><label class="form-label" for="${id}-body">${texts.body} (${describeValues(schema)})</label>
<textarea class="form-control form-control-sm font-monospace" id="${id}-body" rows="6" spellcheck="false">${example}</textarea></div>
`
}<button class="btn btn-sm btn-primary" type="submit">${texts.send}</button>
<div role="status" aria-label="${texts.answer}"><pre class="mt-2 mb-0 text-break"></pre></div>
</form>`;
}

function showSchema(name: string, schema: JsonSchema): Html {
  return html`
<details class="mb-2" id="schema-${name}"><summary><code>${name}</code></summary>
<pre class="border rounded p-2" tabindex="0">${JSON.stringify(schema, null, 2)}</pre></details>`;
}

/** Says in a few signs what a schema allows. */
function describeValues(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return String(schema.$ref).split('/').at(-1)!;
  if (Array.isArray(schema.enum)) return schema.enum.map(value => JSON.stringify(value)).join(' | ');
  if (schema.type === 'array') return `${describeValues((schema.items ?? {}) as JsonSchema)}[]`;
  if (schema.type === 'object') return `{ ${Object.keys(schema.properties ?? {}).join(', ')} }`;
  const choices = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined;
  if (choices !== undefined) return choices.map(describeValues).join(' | ');
  const range = [schema.minimum, schema.maximum].map(bound =>
    Math.abs(Number(bound)) < 1e9 ? bound : undefined,
  );
  const limits = range.some(bound => bound !== undefined) ? ` ${range[0] ?? ''}…${range[1] ?? ''}` : '';
  const usual = schema.default === undefined ? '' : ` = ${JSON.stringify(schema.default)}`;
  return `${schema.format ?? schema.type ?? 'JSON'}${limits}${usual}`;
}

function readReference(document: OpenApi, reference: string): unknown {
  const [, , section, name] = reference.split('/');
  return document.components[section!]?.[name!];
}
