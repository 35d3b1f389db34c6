import { describe, expect, test } from '@jest/globals';
import { World } from './test-world.ts';

const TARGET = { address: '127.0.0.2', port: 3000 };
const tick = () => new Promise(resolve => setImmediate(resolve));

async function world() {
  const world = new World();
  const scene = await world.serviceBehindRule();
  const register = async (group: string) => {
    world.elbv2.registerTarget(group, TARGET);
    await tick();
    world.balancer.observe('healthy', group);
  };
  return { world, register, ...scene };
}

describe('targets', () => {
  test('a registered target is initial until the balancer says otherwise, and registering again changes nothing', async () => {
    const { world: w, green } = await world();
    const { elbv2, balancer } = w;
    elbv2.registerTarget(green, TARGET);
    await tick();
    expect(elbv2.targetHealth(green)).toMatchObject([{ ...TARGET, state: 'initial' }]);
    balancer.observe('healthy', green);
    elbv2.registerTarget(green, TARGET);
    expect(elbv2.targetHealth(green)).toEqual([{ ...TARGET, state: 'healthy' }]);
  });

  test('a change of health wakes those who wait for commits, the same health again does not', async () => {
    const { world: w, green, register } = await world();
    await register(green);
    let woken = 0;
    w.store.onCommit(() => woken++);
    w.balancer.observe('healthy', green);
    expect(woken).toBe(0);
    w.balancer.observe('unhealthy', green);
    expect(woken).toBe(1);
  });

  test('a deregistered target drains with the delay of its group and is gone when the balancer says so', async () => {
    const { world: w, green, register } = await world();
    await register(green);
    w.elbv2.deregisterTarget(green, TARGET);
    expect(w.elbv2.targetHealth(green)).toMatchObject([
      { state: 'draining', reason: 'Target.DeregistrationInProgress' },
    ]);
    await tick();
    expect(w.balancer.table.groups.find(({ key }) => key === green)!.targets).toMatchObject([
      { drainMs: 60_000 },
    ]);
    w.balancer.observe('healthy', green);
    expect(w.elbv2.targetHealth(green)).toMatchObject([{ state: 'draining' }]);
    w.balancer.drain();
    expect(w.elbv2.targetHealth(green)).toEqual([]);
  });

  test('what was observed of an earlier registration does not touch a later one', async () => {
    const { world: w, green, register } = await world();
    await register(green);
    w.elbv2.deregisterTarget(green, TARGET);
    await tick();
    w.elbv2.registerTarget(green, TARGET);
    w.balancer.drain();
    w.balancer.observe('healthy', green);
    expect(w.elbv2.targetHealth(green)).toMatchObject([{ state: 'initial' }]);
  });

  test('a draining target is forgotten after its delay even when the balancer never tells', async () => {
    const { world: w, green, register } = await world();
    await register(green);
    w.elbv2.deregisterTarget(green, TARGET);
    await using controllers = w.controllers();
    w.clock.advance(69_999);
    await controllers.settled();
    expect(w.elbv2.targetHealth(green)).toHaveLength(1);
    w.clock.advance(1);
    await controllers.settled();
    expect(w.elbv2.targetHealth(green)).toEqual([]);
  });

  test('only addresses of this machine and of private networks can be targets', async () => {
    const { world: w, green } = await world();
    for (const address of ['8.8.8.8', '169.254.169.254', 'localhost', '::1', '0.0.0.0'])
      expect(() => w.elbv2.registerTarget(green, { address, port: 80 })).toThrow(
        'is not a valid IPv4 address',
      );
    w.elbv2.registerTarget(green, { address: '172.17.0.2', port: 3000 });
  });

  test('a group that is not there has no targets, and nothing can be registered in it', async () => {
    const { world: w } = await world();
    expect(w.elbv2.targetHealth('arn:none')).toEqual([]);
    w.elbv2.deregisterTarget('arn:none', TARGET);
    expect(() => w.elbv2.registerTarget('arn:none', TARGET)).toThrow("Target group 'arn:none' not found");
  });
});

describe('weights', () => {
  test('the only group of a rule has all, one that no rule holds is missing', async () => {
    const { world: w, listener, blue, green } = await world();
    expect(w.elbv2.weights(listener, [blue, green])).toEqual({ [blue]: 100 });
    expect(w.elbv2.weights(listener, [green])).toEqual({});
    expect(() => w.elbv2.weights('arn:none', [blue])).toThrow("Listener 'arn:none' not found");
  });

  test('setWeights resolves when the balancer has the table with them, and the old group stays at 0', async () => {
    const { world: w, listener, blue, green, register } = await world();
    await register(green);
    await w.elbv2.setWeights(listener, { [blue]: 0, [green]: 100 });
    expect(w.elbv2.weights(listener, [blue, green])).toEqual({ [blue]: 0, [green]: 100 });
    expect(w.balancer.table.listeners[0]!.rules[0]!.action).toEqual({
      type: 'forward',
      groups: [
        { key: blue, weight: 0 },
        { key: green, weight: 100 },
      ],
    });
  });

  test('traffic is never shifted to a group without a healthy target', async () => {
    const { world: w, listener, blue, green } = await world();
    const shift = (weight: number) => w.elbv2.setWeights(listener, { [blue]: 100 - weight, [green]: weight });
    await expect(shift(10)).rejects.toMatchObject({
      code: 'InvalidConfigurationRequest',
      message: expect.stringContaining('it has no targets'),
    });
    w.elbv2.registerTarget(green, TARGET);
    await tick();
    await expect(shift(10)).rejects.toThrow('its targets are initial');
    w.balancer.observe('unhealthy', green);
    await expect(shift(10)).rejects.toThrow('its targets are unhealthy');
    expect(w.elbv2.weights(listener, [blue, green])).toEqual({ [blue]: 100 });
    w.balancer.observe('healthy', green);
    await shift(10);
    w.elbv2.deregisterTarget(green, TARGET);
    await expect(shift(50)).rejects.toThrow('its targets are draining');
    expect(w.elbv2.weights(listener, [blue, green])).toEqual({ [blue]: 90, [green]: 10 });
  });

  test('a group may come into a rule at weight 0, and weights that are all 0 are refused', async () => {
    const { world: w, listener, blue, green } = await world();
    await w.elbv2.setWeights(listener, { [blue]: 100, [green]: 0 });
    expect(w.elbv2.weights(listener, [blue, green])).toEqual({ [blue]: 100, [green]: 0 });
    await expect(w.elbv2.setWeights(listener, { [blue]: 0, [green]: 0 })).rejects.toThrow('all 0');
  });

  test('groups that no rule of the listener holds, and weights that are none, are refused', async () => {
    const { world: w, listener, blue, green } = await world();
    await expect(w.elbv2.setWeights(listener, { [green]: 1 })).rejects.toMatchObject({
      code: 'RuleNotFound',
    });
    await expect(w.elbv2.setWeights(listener, { [blue]: 1000 })).rejects.toMatchObject({
      code: 'ValidationError',
    });
    await expect(w.elbv2.setWeights(listener, { [blue]: 1, 'arn:none': 1 })).rejects.toMatchObject({
      code: 'TargetGroupNotFound',
    });
  });

  test('setWeights fails when the balancer stays silent for half a minute, and goes on when asked again', async () => {
    const { world: w, listener, blue, green } = await world();
    w.balancer.silent = true;
    const asked = w.elbv2.setWeights(listener, { [blue]: 100, [green]: 0 });
    const told = expect(asked).rejects.toThrow(
      'the balancer has not acknowledged its routing table for 30 s',
    );
    w.clock.advance(30_000);
    await told;
    expect(w.elbv2.weights(listener, [blue, green])).toEqual({ [blue]: 100, [green]: 0 });
  });
});

test('an engine that starts again sends the table of its rows', async () => {
  const first = new World();
  await first.serviceBehindRule();
  const second = new World({ store: first.store });
  expect(second.balancer.table).toEqual(first.balancer.table);
});
