import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { synthesize } from '../synth.ts';
import { fixtureAssembly, readAssembly, SERVICES, tempFolder, writeRepository } from '../testing/fixture.ts';
import { formatFinding, GuardError } from './finding.ts';
import { frozenShape } from './frozen.ts';
import { type RecordedShapes, readShapes } from './shape.ts';
import type { Template } from './synthesized.ts';

const live = fixtureAssembly();
const documented = readFileSync(resolve(import.meta.dirname, '../../../docs/guards.md'), 'utf8');

/** What the stacks of the fixture record of themselves once they are live. */
const recorded: RecordedShapes = Object.fromEntries(
  live
    .resources('AWS::SSM::Parameter')
    .filter(({ Properties }) => Properties.Name.startsWith('/slipway/shape/'))
    .map(({ Properties }) => [Properties.Name, JSON.parse(Properties.Value)]),
);

/** What a Build of news says of this contract. */
function build(contract: string, shapes: RecordedShapes = recorded): string[] {
  using temp = tempFolder();
  writeRepository(temp.path, { services: { ...SERVICES, news: contract } });
  try {
    synthesize({ root: temp.path, out: join(temp.path, 'out'), service: 'news', shapes });
    return [];
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    return error.findings.map(formatFinding);
  }
}

const ecs = (strategy: string) =>
  SERVICES.news!.replace('{ strategy: canary }', `{ controller: ecs, strategy: ${strategy} }`);
const news = (more: string) => `${SERVICES.news}${more}\n`;

/** What the stacks of news would record of themselves with this contract. */
function shapesOf(contract: string): RecordedShapes {
  using temp = tempFolder();
  writeRepository(temp.path, { services: { ...SERVICES, news: contract } });
  const out = join(temp.path, 'out');
  synthesize({ root: temp.path, out, service: 'news' });
  return Object.fromEntries(
    readAssembly(out)
      .resources('AWS::SSM::Parameter')
      .map(({ Properties }) => [Properties.Name, JSON.parse(Properties.Value)]),
  );
}

describe('a stack', () => {
  test('records its own frozen shape, which fits into a parameter', () => {
    for (const service of Object.keys(SERVICES)) {
      for (const place of ['staging', 'production']) {
        const template = live.template(`slipway-${service}-${place}`) as Template;
        const { Value, Type } = template.Resources.Shape!.Properties;
        expect(JSON.parse(Value)).toEqual(frozenShape(template));
        expect([Type, Value.length < 4096]).toEqual(['String', true]);
      }
    }
    expect(recorded['/slipway/shape/news/production']).toMatchObject({
      ...{
        'Blue.Port': 3000,
        'Service.ServiceName': 'news',
        'Service.Cluster': '<slipway-production-cluster>',
      },
      'ProductionRule.Actions': [{ Type: 'forward', TargetGroupArn: '<Blue>' }],
    });
  });
});

describe('a live service', () => {
  test('is synthesized again as it is', () => {
    expect(build(news(''))).toEqual([]);
  });

  test.each([
    ['its number of tasks', 'tasks: { production: 4 }'],
    ['its grace period', 'health: { grace: 90 }'],
    ['its health path', 'health: { path: /news/alive }'],
    ['its size', 'cpu: 512\nmemory: 1024'],
    ['its checks', 'checks: [/news/latest]'],
    ['its buckets', 'buckets: { pictures: {} }'],
  ])('may change %s', (_what, more) => {
    expect(build(news(more))).toEqual([]);
  });

  test.each([
    ['its strategy', 'deployment: { strategy: canary }', 'deployment: { strategy: all-at-once }'],
    ['its team', 'team: press', 'team: editors'],
    ['its variables', 'GREETING: hello', 'GREETING: goodbye'],
  ])('may change %s', (_what, was, is) => {
    const contract = SERVICES.news!.replace(was, is);
    expect(contract).not.toBe(SERVICES.news);
    expect(build(contract)).toEqual([]);
  });

  test('keeps its port: the sentence tells file, line, both values and the safe way, once for each place', () => {
    const sentences = build(news('port: 3001'));
    const message =
      'changes the port from 3000 to 3001, which is part of the target groups that live traffic goes to: leave it at 3000, since the process finds it in PORT and nobody outside meets it, or take the service down with "slipway remove" and release it again';
    expect(sentences).toEqual(
      ['staging', 'production'].map(
        place => `slipway-news-${place}/Blue.Port (packages/news/service.yaml:8:7) ${message} [frozen-shape]`,
      ),
    );
    expect(documented).toContain(`\`frozen-shape\` | ${message} |`);
  });

  test('keeps its path: CloudFormation would turn live traffic back', () => {
    const [first] = build(SERVICES.news!.replace('path: /news', 'path: /latest'));
    const message =
      'changes the path from /news, /news/* to /latest, /latest/*, and CloudFormation would send live traffic back to the colour that the service was made with: leave it, and add a service with the new path beside this one until nobody asks for the old one, or take the service down with "slipway remove" and release it again';
    expect(first).toBe(
      `slipway-news-staging/ProductionRule.Conditions (packages/news/service.yaml:3:7) ${message} [frozen-shape]`,
    );
    expect(documented).toContain(`\`frozen-shape\` | ${message} |`);
  });

  const PRODUCTION = '/slipway/shape/news/production';
  test.each<[key: string, was: unknown, file: string, message: string | RegExp]>([
    [
      'Service.DeploymentController',
      { Type: 'ECS' },
      '(packages/news/service.yaml:4:13)',
      'changes the deployment controller from ECS to CODE_DEPLOY, and no update of a live service does that: follow docs/recipes/move-to-ecs-deployments.md',
    ],
    [
      'TestRule.Priority',
      7,
      '(packages/news/service.yaml)',
      /^changes a listener rule from 7 to \d+, and CloudFormation would send live traffic back to the colour that the service was made with: leave the definition of rules as it is, or take the service down with "slipway remove" and release it again$/,
    ],
    [
      'Service.CapacityProviderStrategy',
      [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }],
      '(packages/news/service.yaml)',
      'changes what the tasks run on from FARGATE_SPOT, 1 to 0, FARGATE, 1, which ECS refuses for a service that CodeDeploy deploys: leave it, or take the service down with "slipway remove" and release it again, one environment after the other',
    ],
    [
      'SecurityGroup.GroupDescription',
      'Tasks',
      '(packages/news/service.yaml)',
      'changes the network of the tasks from Tasks to Tasks of news in production, which ECS refuses for a service that CodeDeploy deploys: leave it, or take the service down with "slipway remove" and release it again',
    ],
    [
      'Green.Name',
      'green',
      '(packages/news/service.yaml)',
      'changes what the service is made of from green to news-production-green, which would make it anew beside the live one: leave it, or take the service down with "slipway remove" and release it again',
    ],
    [
      'OldRule.Conditions',
      [{ Field: 'path-pattern', Values: ['/old'] }],
      '(packages/news/service.yaml:3:7)',
      /^changes the path from \/old to nothing, and CloudFormation/,
    ],
  ])('keeps its %s', (key, was, file, message) => {
    const shapes = { [PRODUCTION]: { ...recorded[PRODUCTION], [key]: was } };
    const [sentence, ...more] = build(news(''), shapes);
    expect(more).toEqual([]);
    const start = `slipway-news-production/${key} ${file} `;
    expect(sentence?.startsWith(start)).toBe(true);
    const told = sentence!.slice(start.length).replace(' [frozen-shape]', '');
    if (typeof message === 'string') expect(told).toBe(message);
    else expect(told).toMatch(message);
    expect(documented).toContain(`\`frozen-shape\` | ${told} |`);
  });

  test.each(['rolling', 'all-at-once', 'canary', 'linear'])('may move to ECS, there %s', strategy => {
    expect(build(ecs(strategy))).toEqual([]);
  });

  test('may move to ECS as one that calls others, and is let out to them there', () => {
    const calling = (contract: string) => `${contract}calls: [market]\n`;
    const before = shapesOf(calling(SERVICES.news!));
    expect(build(calling(ecs('rolling')), before)).toEqual([]);
  });

  test('moves to ECS with its port, its path and its groups as they are', () => {
    const moved = ecs('canary');
    expect(build(`${moved}port: 3001\n`)).toHaveLength(2);
    expect(build(moved.replace('path: /news', 'path: /latest'))).toHaveLength(2);
  });

  test('that recorded nothing yet is bound by nothing', () => {
    expect(build(news('port: 3001'), {})).toEqual([]);
    expect(build(news('port: 3001'), { [PRODUCTION]: {} })).toEqual([]);
  });

  test('whose shape changes is left out of a whole synthesis, and no other', () => {
    using temp = tempFolder();
    writeRepository(temp.path, { services: { ...SERVICES, news: news('port: 3001') } });
    const result = synthesize({ root: temp.path, out: join(temp.path, 'out'), shapes: recorded });
    expect(result.services).toEqual(['market', 'user']);
    expect(result.findings.map(({ guard, service }) => [guard, service])).toEqual([
      ...[
        ['frozen-shape', 'news'],
        ['frozen-shape', 'news'],
      ],
    ]);
  }, 30_000);
});

describe('a live service that ECS deploys', () => {
  const path = (contract: string) => contract.replace('path: /news', 'path: /latest');

  test('goes back to CodeDeploy only as the recipe says', () => {
    const [first, ...more] = build(news(''), shapesOf(ecs('rolling')));
    expect(first).toContain('changes the deployment controller from ECS to CODE_DEPLOY, and no update');
    expect(more).toHaveLength(1);
  });

  test('gives up its second colour, and takes it again', () => {
    expect(build(ecs('rolling'), shapesOf(ecs('canary')))).toEqual([]);
    expect(build(ecs('canary'), shapesOf(ecs('rolling')))).toEqual([]);
  });

  test('may change its strategy, and its path while nothing shifts its traffic', () => {
    const rolling = shapesOf(ecs('rolling'));
    expect(build(ecs('canary'), rolling)).toEqual([]);
    expect(build(path(ecs('rolling')), rolling)).toEqual([]);
  });

  test('keeps its path and its port where ECS shifts its traffic', () => {
    const canary = shapesOf(ecs('canary'));
    expect(build(ecs('linear'), canary)).toEqual([]);
    expect(build(path(ecs('canary')), canary)).toHaveLength(2);
    expect(build(`${ecs('canary')}port: 3001\n`, canary)).toHaveLength(2);
  });
});

test('a file that holds no shapes is told, and nothing is compared with it', () => {
  using temp = tempFolder();
  const file = join(temp.path, 'shape.json');
  for (const text of ['', '[]', '{"/slipway/shape/news/staging": "x"}', 'null']) {
    writeFileSync(file, text);
    expect(() => readShapes(file)).toThrow(
      `${file} holds no recorded shapes: write it with "slipway shape --out ${file}"`,
    );
  }
  writeFileSync(file, JSON.stringify(recorded));
  expect(readShapes(file)).toEqual(recorded);
});
