import { describe, expect, test } from '@jest/globals';
import { readDocument } from './document.ts';
import { formatProblem } from './problem.ts';
import { serviceSchema } from './service.ts';

const read = (text: string) =>
  readDocument({ text, file: 'packages/news/service.yaml', service: 'news' }, serviceSchema);
const problems = (text: string) => read(text).problems.map(formatProblem);
const GOOD = 'name: news\nteam: press\npath: /news\n';
/** The good contract with one more line, the fourth. */
const withLine = (line: string) => problems(`${GOOD}${line}\n`);

describe('a good contract', () => {
  test('needs no more than name, team and path', () => {
    expect(read(GOOD).value).toEqual({
      name: 'news',
      team: 'press',
      path: '/news',
      port: 3000,
      cpu: 256,
      memory: 512,
      tasks: {},
      health: { path: '/news/healthz', grace: 30, drain: 60 },
      checks: ['/news/'],
      deployment: { controller: 'codedeploy', strategy: 'all-at-once' },
      tables: {},
      buckets: {},
      environment: {},
      secrets: {},
      containers: {},
      dependsOn: {},
      schedules: {},
      calls: [],
      callees: [],
      alarms: { errors: 5, latency: 2000, unhealthy: 1, missing: 5, throttles: 1, rollback: true },
    });
  });

  test('can say everything else, too', () => {
    const { value } = read(`${GOOD}port: 8080
cpu: 1024
memory: 4096
tasks: { production: 4 }
health: { path: /news/ready, grace: 5, drain: 10 }
checks: [/news/, /news/today]
deployment: { controller: codedeploy, strategy: canary, percentage: 20, interval: 2 }
tables:
  articles: { partitionKey: id, indexes: { byCategory: { partitionKey: category, sortKey: publishedAt } } }
  drafts: { partitionKey: id, ttl: expiresAt }
buckets: { pictures: {} }
environment: { GREETING: hello }
`);
    expect(value).toMatchObject({
      port: 8080,
      tasks: { production: 4 },
      health: { path: '/news/ready', grace: 5, drain: 10 },
      checks: ['/news/', '/news/today'],
      deployment: { strategy: 'canary', percentage: 20, intervalMinutes: 2 },
      tables: {
        articles: {
          partitionKey: 'id',
          indexes: { byCategory: { partitionKey: 'category', sortKey: 'publishedAt' } },
        },
        drafts: { partitionKey: 'id', ttl: 'expiresAt', indexes: {} },
      },
      buckets: { pictures: {} },
      environment: { GREETING: 'hello' },
    });
  });
});

describe('a problem', () => {
  test('names file, line, column, key, value and what to do', () => {
    expect(problems('name: news\nteam: press\npath: news\n')).toEqual([
      'packages/news/service.yaml:3:7  path: "news" — must be one lower-case word behind a slash, as in /news',
    ]);
  });

  test('does not hide the others: all of a file are told, in the order of its lines', () => {
    const told = problems('nmae: news\nteam: Press\npath: /news\nport: http\ncpu: 300\n');
    expect(told.map(line => line.slice('packages/news/service.yaml:'.length))).toEqual([
      '1:1  name — is missing: add it',
      '1:1  nmae — is not a known key: did you mean name?',
      '2:7  team: "Press" — use lower-case letters, digits and single hyphens, beginning with a letter',
      '4:7  port: "http" — must be a whole number',
      '5:6  cpu: 300 — must be a size of Fargate: 256, 512, 1024, 2048, 4096, 8192, 16384',
    ]);
  });

  test.each([
    ['health: { pth: /news/x }', '4:11  health.pth — is not a known key: did you mean path?'],
    [
      'tables: { a: { partitionKey: id, xyz: 1 } }',
      '4:34  tables.a.xyz — is not a known key: known keys are partitionKey, sortKey, ttl, indexes',
    ],
    [
      'checks: [/other/]',
      '4:10  checks.0: "/other/" — must begin with /news/: only that path reaches the service',
    ],
    [
      'health: { path: /other/healthz }',
      '4:17  health.path: "/other/healthz" — must begin with /news/: only that path reaches the service',
    ],
    ['memory: 600', '4:9  memory: 600 — must be what Fargate offers with cpu 256: 512, 1024, 2048'],
    [
      'deployment: { strategy: bluegreen }',
      '4:25  deployment.strategy: "bluegreen" — must be all-at-once, canary, linear or rolling',
    ],
    [
      'environment: { PORT: "80" }',
      '4:16  environment.PORT — is not a good name: is set by the platform: choose another name',
    ],
    [
      'environment: { TABLE_X: "80" }',
      '4:16  environment.TABLE_X — is not a good name: is set by the platform: choose another name',
    ],
    ['environment: { LEVEL: 3 }', '4:23  environment.LEVEL: 3 — must be a text: put it in quotes'],
    [
      'environment: { X: "<IMAGE1_NAME>" }',
      '4:19  environment.X: "<IMAGE1_NAME>" — must not contain a placeholder of the release files',
    ],
    ['tables: [a]', '4:9  tables — must be a map'],
    [
      'tables: { a: { partitionKey: id, sortKey: until, ttl: until } }',
      '4:55  tables.a.ttl: "until" — is part of a key, which is a text: name an attribute of its own, a number',
    ],
    ['port: 80', '4:7  port: 80 — must be 1024 or higher'],
  ])('%s', (line, told) => {
    expect(withLine(line)).toEqual([`packages/news/service.yaml:${told}`]);
  });
});

describe('a hostile name', () => {
  test.each([
    '../../etc',
    'news;rm',
    '$(id)',
    'News',
    'news_1',
    '-news',
    'news--x',
    '1news',
    "'news\\nteam: x'",
    'a-name-too-long-x',
    'platform',
    'network',
    'none',
    'news-data',
    'data',
    'x-pipeline',
    'staging',
    'my-production',
  ])('%s is refused', name => {
    expect(problems(`name: ${name}\nteam: press\npath: /news\n`)[0]).toContain(':1:7  name');
  });

  test.each(['/', '/News', 'news', '/a/b', '/news/', '/*', '/a?b', '/..', '/news;x'])(
    'path %s is refused',
    path => {
      expect(problems(`name: news\nteam: press\npath: ${path}\n`)[0]).toContain(':3:7  path');
    },
  );
});

describe('a document that is no contract', () => {
  test.each([
    ['nothing at all', '', '1:1  must be a map of keys and values, beginning with "name:"'],
    ['a list', '- name: news\n', '1:1  must be a map of keys and values, beginning with "name:"'],
    ['a key twice', 'name: news\nname: user\n', '2:1  is not plain YAML: Map keys must be unique'],
    ['brackets left open', 'name: [news\n', '2:1  is not plain YAML: Flow sequence'],
    ['a tag', 'name: !!js/function x\n', '1:7  is not plain YAML: Unresolved tag'],
    ['two documents', 'name: a\n---\nname: b\n', 'is not plain YAML: Source contains multiple documents'],
    [
      'a bomb of aliases',
      `a: &a [x,x,x]\nb: [${'*a,'.repeat(200)}]\n`,
      'is not plain YAML: Excessive alias count',
    ],
    ['a book', 'x'.repeat(70_000), '1:1  is larger than 64 kB: a contract is a page of text'],
    ['an attack on prototypes', '__proto__: { polluted: true }\n', '1:1  __proto__ — is not a known key'],
  ])('is told as such: %s', (_what, text, told) => {
    expect(problems(text)).toEqual(expect.arrayContaining([expect.stringContaining(told)]));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
