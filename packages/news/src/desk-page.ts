import { defineTexts, html, type Language, type Page } from '@slipway/service-kit';
import type { Link } from './page.ts';

const textsOf = defineTexts({
  en: {
    title: 'The desk',
    lead: 'Where editors write, change and withdraw articles.',
    signIn: 'Only editors who are signed in may write.',
    noScript: 'Writing here needs JavaScript; the interface at /news/openapi.json works without.',
    articleTitle: 'Title',
    summary: 'Summary',
    body: 'Text',
    bodyHelp: 'Plain text; an empty line begins a new paragraph.',
    category: 'Category',
    tags: 'Tags',
    tagsHelp: 'At most eight, with commas between them.',
    publishAt: 'Publish at',
    publishAtHelp: 'In your own time zone. Empty: at once. The time of what is published stays.',
    publish: 'Publish',
    save: 'Save the change',
    withdraw: 'Withdraw',
    withdrawSure: 'Withdraw this article for good?',
    scheduled: 'Scheduled',
    nothingScheduled: 'Nothing is scheduled.',
    failed: 'That did not work: {reason}',
    unreachable: 'The service did not answer. Try again.',
    all: 'All news',
  },
  zh: {
    title: '编辑台',
    lead: '编辑在这里撰写、修改和撤回新闻。',
    signIn: '只有已登录的编辑才能写新闻。',
    noScript: '在这里写作需要 JavaScript；/news/openapi.json 描述的接口则不需要。',
    articleTitle: '标题',
    summary: '摘要',
    body: '正文',
    bodyHelp: '纯文本；空行开始新的段落。',
    category: '分类',
    tags: '标签',
    tagsHelp: '最多八个，用逗号分隔。',
    publishAt: '发布时间',
    publishAtHelp: '按您所在的时区。留空则立即发布。已发布新闻的时间不再改变。',
    publish: '发布',
    save: '保存修改',
    withdraw: '撤回',
    withdrawSure: '确定要彻底撤回这篇新闻吗？',
    scheduled: '待发布',
    nothingScheduled: '没有待发布的新闻。',
    failed: '没有成功：{reason}',
    unreachable: '服务没有应答，请重试。',
    all: '全部新闻',
  },
});

/** Shows the form for a new article or for the one with this id; the script fills it and sends it. */
export function showDesk(id: string | undefined, language: Language, link: Link): Page {
  const texts = textsOf(language);
  return {
    title: texts.title,
    lead: texts.lead,
    scripts: ['editor.js', 'desk.js'],
    data: {
      id,
      texts,
      articlePage: link('/articles/{id}'),
      deskPage: link('/desk/{id}'),
      newDeskPage: link('/desk'),
    },
    content: html`
<noscript><p class="alert alert-warning">${texts.noScript}</p></noscript>
<p class="alert alert-info" data-for-others>${texts.signIn}</p>
<div data-for-editors hidden>
<form id="desk" class="mb-4">
<fieldset id="desk-fields" disabled>
<div class="mb-3"><label class="form-label" for="title">${texts.articleTitle}</label>
<input class="form-control" id="title" name="title" required maxlength="200"></div>
<div class="mb-3"><label class="form-label" for="summary">${texts.summary}</label>
<textarea class="form-control" id="summary" name="summary" rows="2" required maxlength="1000"></textarea></div>
<div class="mb-3"><label class="form-label" for="body">${texts.body}</label>
<textarea class="form-control" id="body" name="body" rows="10" required maxlength="20000" aria-describedby="body-help"></textarea>
<div class="form-text" id="body-help">${texts.bodyHelp}</div></div>
<div class="row">
<div class="col-sm-6 mb-3"><label class="form-label" for="category">${texts.category}</label>
<input class="form-control" id="category" name="category" required maxlength="30" value="general"></div>
<div class="col-sm-6 mb-3"><label class="form-label" for="tags">${texts.tags}</label>
<input class="form-control" id="tags" name="tags" maxlength="300" aria-describedby="tags-help">
<div class="form-text" id="tags-help">${texts.tagsHelp}</div></div>
</div>
<div class="mb-3"><label class="form-label" for="publishAt">${texts.publishAt}</label>
<input class="form-control" type="datetime-local" id="publishAt" name="publishAt" aria-describedby="publish-at-help">
<div class="form-text" id="publish-at-help">${texts.publishAtHelp}</div></div>
<p class="d-flex flex-wrap gap-2"><button class="btn btn-primary" type="submit">${id === undefined ? texts.publish : texts.save}</button>
${id === undefined ? '' : html`<button class="btn btn-outline-danger" type="button" id="withdraw">${texts.withdraw}</button>`}</p>
</fieldset>
<p id="desk-status" role="status"></p>
</form>
<section aria-labelledby="scheduled-title">
<h2 class="h5" id="scheduled-title">${texts.scheduled}</h2>
<ul id="scheduled"></ul>
</section>
</div>
<p><a href="${link('/')}">${texts.all}</a></p>`,
  };
}
