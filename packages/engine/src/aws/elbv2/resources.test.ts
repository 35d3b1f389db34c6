import { describe, expect, test } from '@jest/globals';
import { NOT_FOUND, ruleProperties, targetGroup, World } from './test-world.ts';

describe('resources', () => {
  test('a load balancer has the attributes that AWS gives it', async () => {
    const { physicalId, attributes } = await new World().create('LoadBalancer', {
      Name: 'slipway-staging',
      Scheme: 'internal',
      SecurityGroups: ['sg-1'],
    });
    expect(physicalId).toMatch(
      /^arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer\/app\/slipway-staging\/[0-9a-f]{16}$/,
    );
    expect(attributes).toMatchObject({
      LoadBalancerName: 'slipway-staging',
      LoadBalancerFullName: expect.stringMatching(/^app\/slipway-staging\/[0-9a-f]{16}$/),
      DNSName: expect.stringMatching(/^internal-slipway-staging-\d+\.ap-northeast-1\.elb\.amazonaws\.com$/),
      CanonicalHostedZoneID: 'Z14GRHDCWA56QT',
      SecurityGroups: ['sg-1'],
    });
  });

  test('an attribute may be empty, as the prefix of an access log is', async () => {
    const LoadBalancerAttributes = [{ Key: 'access_logs.s3.prefix', Value: '' }];
    const { physicalId } = await new World().create('LoadBalancer', { Name: 'a', LoadBalancerAttributes });
    expect(physicalId).toContain('loadbalancer/app/a/');
  });

  test('the same token makes one resource, another one with its name is refused', async () => {
    const world = new World();
    const first = await world.create('LoadBalancer', { Name: 'a' }, 'token');
    expect(await world.create('LoadBalancer', { Name: 'a' }, 'token')).toEqual(first);
    await expect(world.create('LoadBalancer', { Name: 'a' })).rejects.toMatchObject({
      code: 'DuplicateLoadBalancerName',
    });
  });

  test('listeners, rules and groups become a table with divided intervals and rules by priority', async () => {
    const world = new World({ listen: { 'slipway-staging:80': 8081 } });
    const { listener, blue, green } = await world.serviceBehindRule();
    await world.create('ListenerRule', {
      ...ruleProperties(listener, green),
      Priority: 5,
      Conditions: [{ Field: 'path-pattern', Values: ['/first'] }],
    });
    const { listeners, groups } = world.balancer.table;
    expect(listeners).toEqual([
      {
        key: listener,
        name: 'slipway-staging:80',
        address: '127.0.0.1',
        port: 8081,
        flexible: false,
        protocol: 'HTTP',
        idleTimeoutMs: 60_000,
        dropInvalidHeaders: false,
        rules: [
          {
            conditions: [{ field: 'path-pattern', values: ['/first'] }],
            action: { type: 'forward', groups: [{ key: green, weight: 1 }] },
          },
          {
            conditions: [{ field: 'path-pattern', values: ['/news', '/news/*'] }],
            action: { type: 'forward', groups: [{ key: blue, weight: 1 }] },
          },
          {
            conditions: [],
            action: {
              type: 'fixed-response',
              status: 404,
              contentType: 'text/plain',
              body: 'No service has this path',
            },
          },
        ],
      },
    ]);
    expect(groups[0]!.health).toEqual({
      protocol: 'HTTP',
      path: '/news/healthz',
      intervalMs: 500,
      healthyIntervalMs: 500,
      timeoutMs: 5000,
      healthyThreshold: 5,
      unhealthyThreshold: 2,
      matcher: '200',
    });
  });

  test('however fast time passes, health is asked for at most 20 times a second, and of the healthy 4 times', async () => {
    const world = new World({ speed: 100_000 });
    await world.serviceBehindRule();
    for (const { health } of world.balancer.table.groups)
      expect(health).toMatchObject({ intervalMs: 50, healthyIntervalMs: 250 });
  });

  test('an NLB in front of an ALB serves the rules of its listener on a port of its own', async () => {
    const world = new World({ listen: { 'door:80': 8080 } });
    const { balancer } = await world.serviceBehindRule();
    const group = {
      Name: 'door',
      Port: 80,
      Protocol: 'TCP',
      TargetType: 'alb',
      Targets: [{ Id: balancer, Port: 80 }],
    };
    const { physicalId: alb } = await world.create('TargetGroup', group);
    const { physicalId: door, attributes } = await world.create('LoadBalancer', {
      Name: 'door',
      Type: 'network',
    });
    expect(attributes.DNSName).toMatch(/^door-[0-9a-f]{16}\.elb\.ap-northeast-1\.amazonaws\.com$/);
    await world.create('Listener', {
      LoadBalancerArn: door,
      Port: 80,
      Protocol: 'TCP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: alb }],
    });
    const [inside, outside] = world.balancer.table.listeners;
    expect(outside).toEqual({
      ...inside,
      key: expect.any(String),
      name: 'door:80',
      port: 8080,
      flexible: false,
    });
    expect(world.elbv2.targetHealth(alb)).toEqual([{ address: balancer, port: 80, state: 'healthy' }]);
  });

  test('a listener without a port of its own keeps the one that it was given', async () => {
    const world = new World();
    await world.serviceBehindRule();
    await Promise.resolve();
    expect(world.balancer.table.listeners[0]).toMatchObject({ port: 50_000, flexible: true });
  });

  test('a listener whose port is taken is not created, and the sentence says why', async () => {
    const world = new World({ listen: { 'a:80': 8080 } });
    world.balancer.busy.add('a:80');
    const { physicalId } = await world.create('LoadBalancer', { Name: 'a' });
    const properties = {
      LoadBalancerArn: physicalId,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [NOT_FOUND],
    };
    await expect(world.create('Listener', properties)).rejects.toThrow('EADDRINUSE: a:80 on 8080');
    expect(world.lines).toEqual(['EADDRINUSE: a:80 on 8080']);
    expect(world.balancer.table.listeners).toEqual([]);
  });

  test('another port is another listener state, another balancer is another listener', async () => {
    const world = new World();
    const { listener, balancer } = await world.serviceBehindRule();
    const { physicalId: other } = await world.create('LoadBalancer', { Name: 'other' });
    const properties = { LoadBalancerArn: balancer, Port: 80, Protocol: 'HTTP', DefaultActions: [NOT_FOUND] };
    const moved = await world.update('Listener', listener, properties, { ...properties, Port: 81 });
    expect(moved.physicalId).toBe(listener);
    const replaced = await world.update('Listener', listener, properties, {
      ...properties,
      LoadBalancerArn: other,
    });
    expect(replaced.physicalId).not.toBe(listener);
  });

  test('a listener over TLS answers over HTTP, and so does the one that only leads there', async () => {
    const world = new World({ listen: { 'slipway-staging-door:80': 8081 } });
    const { physicalId: balancer } = await world.create('LoadBalancer', { Name: 'slipway-staging' });
    const listener = (properties: object) =>
      world.create('Listener', { LoadBalancerArn: balancer, ...properties }).then(made => made.physicalId);
    const RedirectConfig = { Protocol: 'HTTPS', Port: '443', Host: 'a.example.com', StatusCode: 'HTTP_301' };
    const redirect = { Type: 'redirect', RedirectConfig };
    await listener({ Port: 80, Protocol: 'HTTP', DefaultActions: [redirect] });
    const Certificates = [{ CertificateArn: 'arn:aws:acm:certificate/1' }];
    const https = { Port: 443, Protocol: 'HTTPS', Certificates, DefaultActions: [NOT_FOUND] };
    const secure = await listener(https);
    const { physicalId: blue } = await world.create('TargetGroup', targetGroup('news-staging-blue'));
    await world.create('ListenerRule', ruleProperties(secure, blue));
    await openDoor(world, balancer);

    const [, overTls] = world.balancer.table.listeners;
    expect(overTls).toMatchObject({ name: 'slipway-staging:443', protocol: 'HTTP' });
    expect(overTls!.rules.map(({ action }) => action.type)).toEqual(['forward', 'fixed-response']);
    const { rules } = overTls!;
    expect(world.balancer.table.listeners).toMatchObject([
      { name: 'slipway-staging:80', rules },
      { name: 'slipway-staging:443', rules },
      { name: 'slipway-staging-door:80', port: 8081, protocol: 'HTTP', rules },
    ]);
    const { notCarriedOut } = world.elbv2.resources['AWS::ElasticLoadBalancingV2::Listener']!;
    expect(notCarriedOut!(https)).toEqual(['TLS: what is here answers over HTTP']);
    expect(notCarriedOut!({ Protocol: 'HTTP' })).toEqual([]);
  });

  test('a group in use cannot be deleted, and deleting twice is no fault', async () => {
    const world = new World();
    const { blue, rule, balancer } = await world.serviceBehindRule();
    await expect(world.delete('TargetGroup', blue)).rejects.toMatchObject({ code: 'ResourceInUse' });
    await world.delete('ListenerRule', rule);
    await world.delete('TargetGroup', blue);
    await world.delete('TargetGroup', blue);
    await world.delete('LoadBalancer', balancer);
    await world.delete('LoadBalancer', balancer);
    expect(world.balancer.table.listeners).toEqual([]);
  });

  test.each([
    [
      'Listener',
      { Port: 443, Protocol: 'TLS' },
      "Protocol 'TLS' is not carried out locally, only HTTP, HTTPS, TCP",
    ],
    ['Listener', { Port: 443, Protocol: 'HTTPS' }, 'A listener over HTTPS needs exactly one certificate'],
    [
      'Listener',
      { Port: 80, Protocol: 'TCP' },
      "Protocol 'TCP' does not fit a load balancer of type 'application'",
    ],
    [
      'TargetGroup',
      { ...targetGroup('x'), HealthCheckPath: 'x y' },
      "HealthCheckPath 'x y' must start with /",
    ],
    [
      'TargetGroup',
      { ...targetGroup('x'), TargetType: 'lambda' },
      "TargetType 'lambda' is not carried out locally",
    ],
    ['TargetGroup', { ...targetGroup('x-'), Name: 'x-' }, "Target group name 'x-' must be"],
  ])('a %s that cannot be carried out is refused: %j', async (kind, properties, sentence) => {
    const world = new World();
    const { physicalId } = await world.create('LoadBalancer', { Name: 'a' });
    const request =
      kind === 'Listener'
        ? { LoadBalancerArn: physicalId, DefaultActions: [NOT_FOUND], ...properties }
        : properties;
    await expect(world.create(kind, request)).rejects.toThrow(sentence);
  });

  test('a group belongs to one load balancer', async () => {
    const world = new World();
    const { blue } = await world.serviceBehindRule();
    const { physicalId } = await world.create('LoadBalancer', { Name: 'other' });
    await expect(
      world.create('Listener', {
        LoadBalancerArn: physicalId,
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [{ Type: 'forward', TargetGroupArn: blue }],
      }),
    ).rejects.toMatchObject({ code: 'TargetGroupAssociationLimit' });
  });
});

describe('a stack update of a rule', () => {
  async function shifted() {
    const world = new World();
    const scene = await world.serviceBehindRule();
    world.elbv2.registerTarget(scene.green, { address: '127.0.0.2', port: 3000 });
    await Promise.resolve();
    world.balancer.observe('healthy', scene.green);
    await world.elbv2.setWeights(scene.listener, { [scene.blue]: 0, [scene.green]: 100 });
    const live = () => world.elbv2.weights(scene.listener, [scene.blue, scene.green]);
    return { world, live, ...scene };
  }

  test('leaves live weights alone when only tags or the priority change', async () => {
    const { world, live, rule, properties, blue, green } = await shifted();
    const next = { ...properties, Priority: 11, Tags: [{ Key: 'a', Value: 'b' }] };
    await world.update('ListenerRule', rule, properties, next);
    expect(live()).toEqual({ [blue]: 0, [green]: 100 });
  });

  test('flips traffic back when conditions or actions change, as AWS does', async () => {
    const { world, live, rule, properties, blue } = await shifted();
    const Conditions = [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/news/v2'] } }];
    await world.update('ListenerRule', rule, properties, { ...properties, Conditions });
    expect(live()).toEqual({ [blue]: 100 });
  });
});

/** A network balancer whose port 80 leads to that of a balancer; its health is asked over TLS, as behind TLS. */
async function openDoor(world: World, balancer: string): Promise<void> {
  const { physicalId: door } = await world.create('LoadBalancer', {
    ...{ Name: 'slipway-staging-door', Type: 'network' },
  });
  const { physicalId: group } = await world.create('TargetGroup', {
    ...{ Name: 'door', Port: 80, Protocol: 'TCP', TargetType: 'alb', HealthCheckProtocol: 'HTTPS' },
    Targets: [{ Id: balancer, Port: 80 }],
  });
  await world.create('Listener', {
    ...{ LoadBalancerArn: door, Port: 80, Protocol: 'TCP' },
    DefaultActions: [{ Type: 'forward', TargetGroupArn: group }],
  });
}
