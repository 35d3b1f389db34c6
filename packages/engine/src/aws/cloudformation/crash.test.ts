import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openScene, type Scene, things } from './test-scene.ts';

let scene: Scene;
beforeEach(() => {
  scene = openScene();
});
afterEach(() => scene.close());

const ref = (Ref: string) => ({ Ref });

describe('a crash', () => {
  test('calls what was under way again with the same token, and nothing else', async () => {
    await scene.deploy(things({ A: {}, B: { Wait: 'yes', On: ref('A') }, C: { On: ref('B') } }));
    await scene.crash();
    scene.things.release('B');
    await scene.settled();
    expect(scene.things.did()).toEqual(['create A', 'create B', 'create B', 'create C']);
    expect(scene.things.calls[1]?.token).toBe(scene.things.calls[2]?.token);
    expect(await scene.stack()).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
    expect(scene.things.alive.size).toBe(3);
  });
});

const before = things({ A: { Value: '1' }, B: { Name: 'one' }, C: { On: ref('B') }, Gone: {} });
const resources = { A: { Value: '2' }, B: { Name: 'two' }, C: { On: ref('B') }, New: { On: ref('C') } };
const scenarios: [string, (scene: Scene) => Promise<unknown>][] = [
  ['a creation', each => each.deploy(before, { token: 'it' })],
  [
    'a creation that fails',
    each => each.deploy(things({ ...resources, Bad: { On: ref('New'), Fail: 'no' } }), { token: 'it' }),
  ],
  [
    'an update',
    async each => {
      await each.deploy(before, { token: 'first' });
      await each.deploy(things(resources), { token: 'it' });
    },
  ],
  [
    'an update that fails',
    async each => {
      await each.deploy(before, { token: 'first' });
      await each.deploy(things({ ...resources, Bad: { On: ref('New'), Fail: 'no' } }), { token: 'it' });
    },
  ],
  [
    'a deletion',
    async each => {
      await each.deploy(before, { token: 'first' });
      await each.remove('web', 'it');
    },
  ],
];

describe('killed between any two transactions, the engine ends where it would have ended', () => {
  test.each(scenarios)('%s', async (_title, run) => {
    await run(scene);
    const expected = await stateOf(scene);
    let kills = 0;
    for (let at = 0; ; at++) {
      const other = openScene();
      other.killAt(at);
      await (async () => run(other))().catch(() => {});
      if (!other.killed()) {
        await other.close();
        break;
      }
      kills++;
      await other.crash();
      await run(other);
      expect(await stateOf(other)).toEqual(expected);
      await other.close();
    }
    expect(kills).toBeGreaterThan(3);
  });
});

/** What is there in the end: the outcome, the things that are alive, and the rows that are kept. */
async function stateOf({ cloudformation, things, context }: Scene) {
  const { status, message } = cloudformation.stackOperation('it') ?? {};
  const rows = (table: string) => context.store.table<{ logicalId: string; status: string }>(table).values();
  return {
    status,
    message,
    alive: [...things.alive.keys()].sort(),
    resources: rows('cloudformation_resources').map(each => `${each.logicalId} ${each.status}`),
    leftovers: rows('cloudformation_leftovers'),
  };
}
