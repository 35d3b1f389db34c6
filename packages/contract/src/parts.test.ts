import { describe, expect, test } from '@jest/globals';
import { readDocument } from './document.ts';
import { formatProblem } from './problem.ts';
import { scalingIn } from './scaling.ts';
import { generatedSecrets } from './secrets.ts';
import { serviceSchema } from './service.ts';

const GOOD = 'name: news\nteam: press\npath: /news\ncpu: 512\nmemory: 1024\n';
const read = (text: string) =>
  readDocument({ text: `${GOOD}${text}\n`, file: 'service.yaml', service: 'news' }, serviceSchema);
/** What is told of the good contract with more text, without the place. */
const told = (text: string) =>
  read(text).problems.map(problem => formatProblem(problem).replace(/^\S+ +/, ''));
const value = (text: string) => {
  expect(told(text)).toEqual([]);
  return read(text).value!;
};

describe('scaling', () => {
  test('has its own bounds in an environment, or none', () => {
    const service = value(
      'scaling: { min: 2, max: 8, requests: 600, environments: { test: { max: 3 }, staging: false } }',
    );
    expect(scalingIn(service, 'production')).toMatchObject({ min: 2, max: 8, requests: 600 });
    expect(scalingIn(service, 'test')).toMatchObject({ min: 2, max: 3 });
    expect(scalingIn(service, 'staging')).toBeUndefined();
  });

  test.each([
    ['scaling: { min: 4, max: 2, cpu: 60 }', /scaling.max: 2 — must not be less than min, which is 4/],
    ['scaling: { min: 1, max: 2 }', /says nothing to follow: add requests, cpu, memory or schedule/],
    ['scaling: { min: 1, max: 2, cpu: 95 }', /must be at most 90/],
    [
      'scaling: { min: 2, max: 4, cpu: 60, environments: { staging: { max: 1 } } }',
      /must not be less than min/,
    ],
    ['tasks: { production: 2 }\nscaling: { min: 1, max: 2, cpu: 60 }', /is for scaling to decide/],
    [
      'scaling: { min: 1, max: 2, schedule: { morning: { cron: "0 8 * * * *", min: 2 } } }',
      /a question mark as day or as weekday/,
    ],
    ['scaling: { min: 1, max: 2, schedule: { morning: { cron: "0 8 * * ? *" } } }', /neither min nor max/],
  ])('%s is refused', (text, message) => {
    expect(told(text)).toEqual([expect.stringMatching(message)]);
  });
});

describe('secrets', () => {
  test('come from Secrets Manager, from a parameter, or are made', () => {
    const service = value(`secrets:
  DATABASE_URL: { secret: database, key: url }
  TOKEN: { parameter: payment/token }
  SIGNING_KEY: { secret: signing-key-one, generate: true }
  SHARED: { secret: "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:shared-AbCdEf" }`);
    expect(Object.keys(service.secrets)).toHaveLength(4);
    expect(generatedSecrets(service)).toEqual(['signing-key-one']);
  });

  test.each([
    ['secrets: { TOKEN: {} }', /must name either a secret .* or a parameter/],
    ['secrets: { TOKEN: { secret: a, parameter: b } }', /must name either/],
    ['secrets: { TOKEN: { parameter: a, key: b } }', /belongs to a secret/],
    ['secrets: { TOKEN: { secret: ../other/key } }', /must be a name of lower-case words/],
    ['secrets: { TOKEN: { secret: a-secret } }', /must not end in a hyphen and six characters/],
    ['secrets: { TOKEN: { secret: a, key: k, generate: true } }', /which has no keys/],
    ['secrets: { AWS_TOKEN: { secret: a } }', /is set by the platform/],
    ['environment: { TOKEN: x }\nsecrets: { TOKEN: { secret: a } }', /is a plain variable, too/],
  ])('%s is refused', (text, message) => {
    expect(told(text)).toEqual([expect.stringMatching(message)]);
  });
});

describe('schedules', () => {
  test('run a command at times of a zone', () => {
    const { schedules } = value(
      'schedules: { cleanup: { cron: "0 3 * * ? *", timezone: Asia/Tokyo, command: [node, dist/cleanup.js] }, poll: { rate: 5 minutes, command: [node, poll.js] } }',
    );
    expect(schedules.cleanup).toMatchObject({ cron: '0 3 * * ? *', timezone: 'Asia/Tokyo' });
    expect(schedules.poll).toMatchObject({ rate: '5 minutes', timezone: 'UTC' });
  });

  test.each([
    ['schedules: { a: { command: [x] } }', /must say when: either cron or rate/],
    ['schedules: { a: { rate: 1 hours, command: [x] } }', /in the singular for 1/],
    [
      'schedules: { a: { rate: 1 hour, timezone: Mars/Base, command: [x] } }',
      /must be the name of a time zone/,
    ],
    ['schedules: { a: { rate: 1 hour, command: ["<IMAGE1_NAME>"] } }', /must not contain a placeholder/],
    ['schedules: { a: { rate: 1 hour, command: [x], cpu: 256 } }', /both cpu and memory/],
    ['schedules: { a: { rate: 1 hour, command: [x], cpu: 256, memory: 4096 } }', /what Fargate offers/],
  ])('%s is refused', (text, message) => {
    expect(told(text)).toEqual([expect.stringMatching(message)]);
  });
});

describe('containers', () => {
  const REDIS = 'image: public.ecr.aws/docker/library/redis:7.4';

  test('run beside the service, in an order', () => {
    const service = value(`dependsOn: { cache: HEALTHY }
containers:
  cache: { ${REDIS}, ports: [6379], health: { command: [CMD, redis-cli, ping] } }`);
    expect(service.containers.cache).toMatchObject({ essential: false, memory: 128, cpu: 0 });
  });

  test('may be another process of the service: its own image with another command', () => {
    const { feed } = value('containers: { feed: { command: [node, feed.js], ports: [3001] } }').containers;
    expect(feed).toMatchObject({ command: ['node', 'feed.js'], ports: [3001] });
    expect(feed).not.toHaveProperty('image');
  });

  test.each([
    ['containers: { feed: { ports: [3001] } }', /containers.feed — says neither image nor command/],
    ['environment: { CONTAINER_FEED: x }', /is set by the platform/],
    ['containers: { cache: { image: redis } }', /must be an image of public.ecr.aws/],
    ['containers: { cache: { image: public.ecr.aws/docker/library/redis } }', /must name a tag or a digest/],
    ['containers: { cache: { image: "public.ecr.aws/docker/library/redis:latest" } }', /must name a version/],
    ['containers: { cache: { image: "<IMAGE1_NAME>" } }', /must be an image of public.ecr.aws/],
    [`containers: { cache: { ${REDIS}, command: ["<SLIPWAY_COMMIT>"] } }`, /must not contain a placeholder/],
    [`containers: { news: { ${REDIS} } }`, /is the name of the service itself/],
    [`containers: { cache: { ${REDIS}, memory: 1000 } }`, /memory: 1024 — must be at least 1128/],
    [`containers: { cache: { ${REDIS}, cpu: 512 } }`, /cpu: 512 — must be more than the 512/],
    [`containers: { cache: { ${REDIS}, ports: [3000] } }`, /is a port of news already/],
    [`dependsOn: { cahce: START }\ncontainers: { cache: { ${REDIS} } }`, /there is no container cahce/],
    [`dependsOn: { cache: HEALTHY }\ncontainers: { cache: { ${REDIS} } }`, /has no health check: use START/],
    [
      `dependsOn: { cache: SUCCESS }\ncontainers: { cache: { ${REDIS}, essential: true } }`,
      /is essential, so it never ends/,
    ],
  ])('%s is refused', (text, message) => {
    expect(told(text)).toEqual([expect.stringMatching(message)]);
  });

  test('that wait for each other are refused', () => {
    const text = `dependsOn: { cache: START }\ncontainers: { cache: { ${REDIS}, dependsOn: { news: START } } }`;
    expect(told(text)).toEqual([
      expect.stringMatching(/goes round in a circle/),
      expect.stringMatching(/goes round in a circle/),
    ]);
  });
});

test('alarms have thresholds that can be changed, or none', () => {
  expect(value('alarms: { errors: 0.5, latency: false }').alarms).toEqual({
    ...{ errors: 0.5, latency: false, unhealthy: 1, missing: 5, throttles: 1, rollback: true },
  });
  expect(told('alarms: { errors: lots }')).toEqual([
    expect.stringMatching(/must be a number, or false for none/),
  ]);
});

test('a service does not call itself', () => {
  expect(told('calls: [news]')).toEqual([expect.stringMatching(/is the service itself/)]);
});
