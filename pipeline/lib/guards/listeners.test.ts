import { describe, expect, test } from '@jest/globals';
import { Broken, expectRefusal } from '../testing/broken.ts';
import { patternsOverlap } from './patterns.ts';

const NEWS = 'slipway-news-production';
const FILE = '(packages/news/service.yaml)';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';

const cluster = (broken: Broken) => {
  const resources = broken.stack('slipway-cluster-production').template.Resources as Record<
    string,
    { Type: string; Properties: { Type?: string } }
  >;
  return Object.entries(resources).find(
    ([, { Type, Properties }]) =>
      Type === 'AWS::ElasticLoadBalancingV2::LoadBalancer' && Properties.Type !== 'network',
  )![0];
};

/** How many the assembly has of a type in production already. */
const countOf = (type: string) =>
  new Broken().synthesized.stacks
    .filter(({ name }) => name.endsWith('-production') && !name.includes('-cluster-'))
    .flatMap(({ template }) => Object.values(template.Resources))
    .filter(({ Type }) => Type === type).length;

/** More rules on the listener of news, each with a target group of its own. */
function addRules(broken: Broken, count: number): void {
  const rule = broken.properties(NEWS, 'ProductionRule');
  for (let index = 0; index < count; index++) {
    broken.add(NEWS, `Group${index}`, GROUP, { Protocol: 'HTTP' });
    broken.add(NEWS, `Rule${index}`, RULE, {
      ListenerArn: rule.ListenerArn,
      Priority: 50_000 + index,
      Conditions: [{ Field: 'path-pattern', Values: [`/news-${index}`] }],
      Actions: [{ Type: 'forward', TargetGroupArn: { Ref: `Group${index}` } }],
    });
  }
}

describe('rules of one listener', () => {
  test('have priorities of their own', () => {
    expectRefusal(
      'rule-priority',
      `${NEWS}/TestRule ${FILE} has priority 7, which slipway-market-production/TestRule has on the same listener: choose another priority, or another name of the service that it follows from`,
      broken => {
        for (const stack of ['slipway-market-production', NEWS])
          broken.properties(stack, 'TestRule').Priority = 7;
      },
    );
  });

  test('take each request once, whatever the priority', () => {
    expectRefusal(
      'rule-overlap',
      `${NEWS}/ProductionRule ${FILE} takes requests that slipway-market-production/ProductionRule takes as well (/mark*, /*/latest and /market, /market/*), and the priority alone would decide: choose another path`,
      broken => {
        const [condition] = broken.properties(NEWS, 'ProductionRule').Conditions;
        condition.PathPatternConfig.Values = ['/mark*', '/*/latest'];
      },
    );
  });

  test('may take the same path of different hosts', () => {
    const broken = new Broken();
    for (const [stack, host] of [
      ['slipway-market-production', 'market.example.com'],
      [NEWS, 'NEWS.example.com'],
    ] as const) {
      const rule = broken.properties(stack, 'ProductionRule');
      rule.Conditions = [
        { Field: 'path-pattern', Values: ['/shared/*'] },
        { Field: 'host-header', Values: [host] },
      ];
    }
    expect(broken.sentences().filter(each => each.includes(`${NEWS}/`))).toEqual([]);
    const [, host] = broken.properties(NEWS, 'ProductionRule').Conditions;
    host.Values = ['Market.*'];
    expect(broken.sentences()).toContainEqual(expect.stringContaining('[rule-overlap]'));
  });

  test.each([
    ['/news', '/news', true],
    ['/news', '/news/*', false],
    ['/news/*', '/*/json', true],
    ['/news?', '/newsy', true],
    ['/news?', '/news', false],
    ['/a*b*c', '/*bc', true],
    ['/a*', '/b*', false],
    ['*', '', true],
  ])('%s and %s overlap: %s', (a, b, overlap) => {
    expect([patternsOverlap(a, b), patternsOverlap(b, a)]).toEqual([overlap, overlap]);
  });
});

describe('a rule', () => {
  test('asks for five values at most', () => {
    expectRefusal(
      'rule-conditions',
      `${NEWS}/ProductionRule ${FILE} asks for 6 values, and a rule takes 5: divide it into several rules`,
      broken => {
        const Values = Array.from({ length: 6 }, (_, index) => `/news/${index}`);
        broken.properties(NEWS, 'ProductionRule').Conditions = [{ Field: 'path-pattern', Values }];
      },
    );
  });

  test('forwards to five target groups at most', () => {
    expectRefusal(
      'rule-target-groups',
      `${NEWS}/ProductionRule ${FILE} forwards to 6 target groups in one action, and a balancer takes 5: forward to fewer`,
      broken => {
        const TargetGroups = Array.from({ length: 6 }, (_, index) => ({
          TargetGroupArn: { Ref: `Group${index}` },
        }));
        const forward = { Type: 'forward', ForwardConfig: { TargetGroups } };
        broken.properties(NEWS, 'ProductionRule').Actions = [forward];
      },
    );
  });
});

describe('an application load balancer', () => {
  test('carries a hundred rules', () => {
    const id = cluster(new Broken());
    expectRefusal(
      'balancer-rules',
      `slipway-cluster-production/${id} (pipeline/) carries 101 rules, and an application load balancer takes 100 beside the default ones unless AWS was asked for more: give some services a balancer of their own`,
      broken => addRules(broken, 101 - countOf(RULE)),
    );
  });

  test('leads to a hundred target groups, both colours of each service among them', () => {
    const id = cluster(new Broken());
    expectRefusal(
      'balancer-target-groups',
      `slipway-cluster-production/${id} (pipeline/) leads to 101 target groups, and an application load balancer takes 100, which AWS does not raise: give some services a balancer of their own`,
      broken => addRules(broken, 101 - countOf(GROUP)),
    );
  });

  test('leads to a thousand tasks, counted while all services deploy', () => {
    const id = cluster(new Broken());
    expectRefusal(
      'balancer-targets',
      `slipway-cluster-production/${id} (pipeline/) leads to 1002 tasks while all services deploy, and an application load balancer takes 1000 targets unless AWS was asked for more: run fewer tasks, or give some services a balancer of their own`,
      broken => {
        broken.add(NEWS, 'Scaling', 'AWS::ApplicationAutoScaling::ScalableTarget', { MaxCapacity: 497 });
      },
    );
  });

  test('is not counted where a service is synthesized without it', () => {
    const broken = new Broken();
    const { stacks } = broken.synthesized;
    (broken as { synthesized: unknown }).synthesized = {
      stacks: stacks.filter(({ name }) => name === NEWS),
      releases: [],
    };
    addRules(broken, 150);
    expect(broken.sentences()).toEqual([]);
  });
});
