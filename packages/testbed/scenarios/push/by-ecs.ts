import { expect, test } from '@jest/globals';
import { append, replaceIn } from '../../src/changes.ts';
import { deploymentsIn } from '../../src/evidence.ts';
import { chapter, type Given, STEP_MS } from './chapter.ts';
import { approveAll, commitsAt } from './commits.ts';

export function byEcs(given: Given): void {
  chapter('a contract that hands market over to ECS’s own controller', given, () => {
    let moved: string;

    const controllers = async (): Promise<unknown[]> => {
      const { output } = await given().cli.run('status', '--json');
      const { environments } = JSON.parse(output) as {
        environments: { services: { service: string; controller: string }[] }[];
      };
      return environments.map(each => each.services.find(({ service }) => service === 'market')?.controller);
    };

    test(
      'moves the live service in place, wherever its colours stand, and releases it there',
      async () => {
        const world = given();
        moved = world.commit(
          'Let ECS roll market out',
          replaceIn(
            'packages/market/service.yaml',
            'controller: codedeploy, strategy: all-at-once',
            'controller: ecs, strategy: rolling',
          ),
        );
        const pushed = await world.push();
        expect(pushed.output).toContain('⏸ market WAITING FOR APPROVAL');
        await approveAll(world, moved, 'market'); // which news, whose contract is malformed since the last chapter, fails
        expect(await controllers()).toEqual(['ecs', 'ecs']);
        expect(await commitsAt(world, 'production')).toMatchObject({ market: moved });
      },
      STEP_MS,
    );

    test(
      'is rolled out by the next push, without CodeDeploy',
      async () => {
        const world = given();
        const mark = await world.events.mark();
        const next = world.commit('Draw on', append('packages/market/public/picture.svg', '<!-- more -->\n'));
        await world.push();
        expect(await approveAll(world, next, 'market')).toBe(0);
        expect(await commitsAt(world, 'production')).toMatchObject({ market: next });
        expect(deploymentsIn(await world.events.since(mark))).toEqual([]);
      },
      STEP_MS,
    );

    test(
      'goes back with slipway rollback, by ECS',
      async () => {
        const world = given();
        const { code, output } = await world.cli.run('rollback', 'market');
        expect(output).toContain(`✓ market in production is at ${moved.slice(0, 10)}`);
        expect(code).toBe(0);
        expect(await commitsAt(world, 'production')).toMatchObject({ market: moved });
      },
      STEP_MS,
    );
  });
}
