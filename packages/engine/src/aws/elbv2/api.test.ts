import {
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyRuleCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { openTestWire } from '../../wire/test-wire.ts';
import { World } from './test-world.ts';

/** A real SDK client that talks to elbv2 over HTTP. */
async function open(world: World): Promise<{ client: ElasticLoadBalancingV2Client } & AsyncDisposable> {
  const wire = await openTestWire({ apis: [world.elbv2.api] });
  const client = new ElasticLoadBalancingV2Client(wire.clientConfig);
  return {
    client,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await wire.close();
    },
  };
}

test('the SDK sees load balancers, listeners, rules and groups as AWS shows them', async () => {
  const world = new World({ listen: { 'slipway-staging:80': 8081 } });
  const { balancer, listener, blue, rule } = await world.serviceBehindRule();
  await using sdk = await open(world);
  const { client } = sdk;
  const { LoadBalancers } = await client.send(
    new DescribeLoadBalancersCommand({ Names: ['slipway-staging'] }),
  );
  expect(LoadBalancers).toMatchObject([
    {
      LoadBalancerArn: balancer,
      Type: 'application',
      Scheme: 'internal',
      State: { Code: 'active' },
      CreatedTime: new Date(world.clock.now()),
    },
  ]);
  const { Listeners } = await client.send(new DescribeListenersCommand({ LoadBalancerArn: balancer }));
  expect(Listeners).toMatchObject([
    { ListenerArn: listener, Port: 80, Protocol: 'HTTP', DefaultActions: [{ Type: 'fixed-response' }] },
  ]);
  const { Rules } = await client.send(new DescribeRulesCommand({ ListenerArn: listener }));
  expect(Rules).toMatchObject([
    {
      RuleArn: rule,
      Priority: '10',
      IsDefault: false,
      Conditions: [{ Field: 'path-pattern', Values: ['/news', '/news/*'] }],
      Actions: [
        { TargetGroupArn: blue, ForwardConfig: { TargetGroups: [{ TargetGroupArn: blue, Weight: 1 }] } },
      ],
    },
    { Priority: 'default', IsDefault: true },
  ]);
  const { TargetGroups } = await client.send(new DescribeTargetGroupsCommand({ LoadBalancerArn: balancer }));
  expect(TargetGroups).toMatchObject([
    {
      TargetGroupArn: blue,
      LoadBalancerArns: [balancer],
      Matcher: { HttpCode: '200' },
      HealthCheckIntervalSeconds: 30,
    },
  ]);
  const { Attributes } = await client.send(
    new DescribeTargetGroupAttributesCommand({ TargetGroupArn: blue }),
  );
  expect(Attributes).toContainEqual({ Key: 'deregistration_delay.timeout_seconds', Value: '60' });
  const more = await client.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: balancer }));
  expect(more.Attributes).toContainEqual({ Key: 'idle_timeout.timeout_seconds', Value: '60' });
});

test('the protection against deletion is taken off through the API, and nothing else changes', async () => {
  const world = new World();
  const { balancer } = await world.serviceBehindRule();
  await using sdk = await open(world);
  const protect = (Value: string) =>
    sdk.client.send(
      new ModifyLoadBalancerAttributesCommand({
        ...{ LoadBalancerArn: balancer, Attributes: [{ Key: 'deletion_protection.enabled', Value }] },
      }),
    );
  const before = (await protect('true')).Attributes!;
  const remove = () => world.delete('LoadBalancer', balancer);
  await expect(remove()).rejects.toThrow('cannot be deleted because deletion protection is enabled');
  const { Attributes: after } = await protect('false');
  const others = before.filter(({ Key }) => Key !== 'deletion_protection.enabled');
  expect(after).toEqual(expect.arrayContaining(others));
  await remove();
  await expect(protect('true')).rejects.toMatchObject({ name: 'LoadBalancerNotFoundException' });
});

test('the tag slipway:local tells where a listener is reached on this machine', async () => {
  const world = new World({ listen: { 'slipway-staging:80': 8081 } });
  const { balancer, listener } = await world.serviceBehindRule();
  await using sdk = await open(world);
  const { TagDescriptions } = await sdk.client.send(
    new DescribeTagsCommand({ ResourceArns: [listener, balancer] }),
  );
  for (const { Tags } of TagDescriptions!) {
    expect(Tags).toContainEqual({ Key: 'slipway:local', Value: 'http://127.0.0.1:8081' });
    expect(Tags).toContainEqual({ Key: 'team', Value: 'news' });
    expect(Tags).toContainEqual({ Key: 'aws:cloudformation:stack-name', Value: 'slipway-test' });
  }
  const { LoadBalancers } = await sdk.client.send(
    new DescribeLoadBalancersCommand({ LoadBalancerArns: [balancer] }),
  );
  const name = LoadBalancers![0]!.DNSName!;
  expect(world.elbv2.localListener(name, 80)).toBe('http://127.0.0.1:8081');
  expect(world.elbv2.localListener(name, 81)).toBeUndefined();
  expect(world.elbv2.localListener('nobody', 80)).toBeUndefined();
});

test('targets are registered, asked for and deregistered through the API', async () => {
  const world = new World();
  const { blue } = await world.serviceBehindRule();
  await using sdk = await open(world);
  const { client } = sdk;
  const group = { TargetGroupArn: blue };
  await client.send(new RegisterTargetsCommand({ ...group, Targets: [{ Id: '127.0.0.9' }] }));
  world.balancer.observe('healthy', blue);
  const { TargetHealthDescriptions: known } = await client.send(new DescribeTargetHealthCommand(group));
  expect(known).toMatchObject([
    { Target: { Id: '127.0.0.9', Port: 3000 }, TargetHealth: { State: 'healthy' } },
  ]);
  const { TargetHealthDescriptions: unknown } = await client.send(
    new DescribeTargetHealthCommand({ ...group, Targets: [{ Id: '127.0.0.8', Port: 1 }] }),
  );
  expect(unknown).toMatchObject([{ TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered' } }]);
  await client.send(new DeregisterTargetsCommand({ ...group, Targets: [{ Id: '127.0.0.9', Port: 3000 }] }));
  expect(world.elbv2.targetHealth(blue)).toMatchObject([{ state: 'draining' }]);
});

test('rules and listeners are modified through the API, without a guard, as in AWS', async () => {
  const world = new World();
  const { listener, rule, blue, green } = await world.serviceBehindRule();
  await using sdk = await open(world);
  const forward = { TargetGroups: [blue, green].map((TargetGroupArn, n) => ({ TargetGroupArn, Weight: n })) };
  const { Rules } = await sdk.client.send(
    new ModifyRuleCommand({ RuleArn: rule, Actions: [{ Type: 'forward', ForwardConfig: forward }] }),
  );
  expect(Rules).toMatchObject([{ Actions: [{ ForwardConfig: forward }] }]);
  expect(world.elbv2.weights(listener, [blue, green])).toEqual({ [blue]: 0, [green]: 1 });
  const redirect = {
    Type: 'redirect' as const,
    RedirectConfig: { StatusCode: 'HTTP_302' as const, Path: '/new' },
  };
  await sdk.client.send(new ModifyListenerCommand({ ListenerArn: listener, DefaultActions: [redirect] }));
  expect(world.balancer.table.listeners[0]!.rules.at(-1)!.action).toMatchObject({
    type: 'redirect',
    path: '/new',
  });
});

test.each([
  [new DescribeLoadBalancersCommand({ Names: ['none'] }), 'LoadBalancerNotFoundException'],
  [new DescribeListenersCommand({ ListenerArns: ['none'] }), 'ListenerNotFoundException'],
  [new DescribeTargetHealthCommand({ TargetGroupArn: 'none' }), 'TargetGroupNotFoundException'],
  [new ModifyRuleCommand({ RuleArn: 'none' }), 'RuleNotFoundException'],
])('what is not there is told with the error of AWS: %#', async (command, name) => {
  await using sdk = await open(new World());
  await expect(sdk.client.send(command as DescribeListenersCommand)).rejects.toMatchObject({ name });
});
