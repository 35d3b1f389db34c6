import { expect, test } from '@jest/globals';
import { fixtureAssembly } from '../testing/fixture.ts';
import { list, rolesIn } from '../testing/roles.ts';

const assembly = fixtureAssembly();

/** Whose role AWS makes in an account with the first resource of a type. */
const LINKED: Readonly<Record<string, string>> = {
  'AWS::ECS::Cluster': 'ecs.amazonaws.com',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'elasticloadbalancing.amazonaws.com',
  'AWS::ECR::PullThroughCacheRule': 'pullthroughcache.ecr.amazonaws.com',
  'AWS::AutoScaling::AutoScalingGroup': 'autoscaling.amazonaws.com',
  'AWS::ApplicationAutoScaling::ScalableTarget': 'ecs.application-autoscaling.amazonaws.com',
};

/** The services whose linked roles a role may make. */
function makes(role: string): string[] {
  return rolesIn(assembly)
    .filter(({ name }) => name === role)
    .flatMap(({ statements }) => statements)
    .filter(({ Action }) => list(Action).includes('iam:CreateServiceLinkedRole'))
    .flatMap(({ Condition }) => list(Condition?.StringEquals?.['iam:AWSServiceName'] ?? '*'));
}

const typesOf = (stacks: (name: string) => boolean) =>
  Object.entries(assembly.templates)
    .filter(([name]) => stacks(name))
    .flatMap(([, { Resources }]) => Object.values(Resources).map(({ Type }) => Type));

const isOfService = (name: string) => /^slipway-(news|market|user)-(data-)?(staging|production)$/.test(name);

test('a first account needs no role made by hand: whoever deploys the first of its kind may have it made', () => {
  const needed = typesOf(name => !isOfService(name)).flatMap(type => LINKED[type] ?? []);
  expect(new Set(needed).size).toBe(3);
  expect(makes('slipway-platform-cloudformation')).toEqual(expect.arrayContaining([...new Set(needed)]));
  for (const place of ['staging', 'production']) {
    const own = typesOf(name => name === `slipway-news-${place}`).flatMap(type => LINKED[type] ?? []);
    expect(makes(`slipway-news-${place}-cloudformation`)).toEqual(expect.arrayContaining([...new Set(own)]));
  }
});

test('nobody may have any other made: a team no more than the one for scaling, the platform none but those it needs', () => {
  const known = [...Object.values(LINKED), 'spot.amazonaws.com']; // for a group of Spot instances
  for (const { name } of rolesIn(assembly)) {
    const isPlatform = name === 'slipway-platform-cloudformation';
    const allowed = isPlatform ? known : ['ecs.application-autoscaling.amazonaws.com'];
    expect(allowed).toEqual(expect.arrayContaining(makes(name)));
  }
});
