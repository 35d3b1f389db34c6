import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Contract, type Environments, loadContracts, loadEnvironments } from '@slipway/contract';
import { createNames } from '../names.ts';
import { SERVICES, tempFolder, writeRepository } from '../testing/fixture.ts';
import { deliveryBlueprint, platformBlueprint } from './blueprint.ts';
import type { Action, PipelineBlueprint } from './stage.ts';

let environments: Environments;
let services: readonly Contract[];

beforeAll(() => {
  using folder = tempFolder();
  writeRepository(folder.path);
  environments = loadEnvironments(folder.path);
  services = loadContracts(folder.path).services;
});

const platform = () => platformBlueprint(createNames(environments), environments, services);
const delivery = (name: string) =>
  deliveryBlueprint(
    createNames(environments),
    environments,
    services.find(service => service.name === name)!,
  );

describe('the platform pipeline', () => {
  test('brings up platform and pipelines before it releases anything', () => {
    expect(table(platform())).toEqual([
      'Source      1 Source      source main',
      'Plan        1 Plan        build slipway-plan',
      'Check       1 Check       build slipway-check → Assembly',
      'SelfMutate  1 Tooling     stack slipway-tooling',
      'SelfMutate  2 Pipeline    stack slipway-platform-pipeline',
      'Staging     1 Network     stack slipway-network-staging',
      'Staging     2 Cluster     stack slipway-cluster-staging',
      'Staging     3 Supersede   function slipway-supersede',
      'Approval    1 Approve     approval',
      'Production  1 Network     stack slipway-network-production',
      'Production  2 Cluster     stack slipway-cluster-production',
      'Pipelines   1 Images-market stack slipway-market-images',
      'Pipelines   2 market      stack slipway-market-pipeline',
      'Pipelines   1 Images-news stack slipway-news-images',
      'Pipelines   2 news        stack slipway-news-pipeline',
      'Pipelines   1 Images-user stack slipway-user-images',
      'Pipelines   2 user        stack slipway-user-pipeline',
      'Pipelines   3 Definition  stack slipway-definition',
      'Release     1 Release     build slipway-release',
    ]);
  });

  test('skips every stage behind Plan unless the definition changed, and asks only when the platform did', () => {
    const [source, plan, ...rest] = platform().stages;
    expect([source?.onlyIf, plan?.onlyIf]).toEqual([undefined, undefined]);
    for (const { name, onlyIf } of rest) {
      const part = ['Staging', 'Approval', 'Production'].includes(name) ? 'PLATFORM' : 'DEFINITION';
      expect([name, onlyIf]).toEqual([name, { variable: `#{Plan.${part}}`, equals: 'changed' }]);
    }
  });

  test('starts again with the same commit when it has changed itself', () => {
    expect(platform().restartOnUpdate).toBe(true);
    expect(delivery('news').restartOnUpdate).toBe(false);
  });

  test('hands the commit to Release', () => {
    const [release] = platform().stages.at(-1)!.actions;
    expect(release).toMatchObject({ variables: { COMMIT: '#{Source.CommitId}' } });
  });

  test('spreads more services than a stage holds over several, with the definition last', () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ name: `s${index}` }));
    const stages = platformBlueprint(createNames(environments), environments, many).stages.filter(stage =>
      stage.name.startsWith('Pipelines'),
    );
    expect(stages.map(stage => [stage.name, stage.actions.length])).toEqual([
      ['Pipelines', 48],
      ['Pipelines2', 48],
      ['Pipelines3', 48],
      ['Pipelines4', 48],
      ['Pipelines5', 9],
    ]);
    expect(stages.at(-1)!.actions.at(-1)).toMatchObject({ name: 'Definition', runOrder: 3 });
  });
});

describe('a delivery pipeline', () => {
  test('releases to staging and, after its own approval, to production', () => {
    expect(table(delivery('news'))).toEqual([
      'Source      1 Source      source main',
      'Build       1 Build       build slipway-news-build → Templates Release',
      'Staging     1 Data        stack slipway-news-data-staging',
      'Staging     2 Service     stack slipway-news-staging',
      'Staging     3 BlueGreen   blue-green slipway-news-staging from staging',
      'Staging     4 Supersede   function slipway-supersede',
      'Approval    1 Approve     approval',
      'Production  1 Data        stack slipway-news-data-production',
      'Production  2 Service     stack slipway-news-production',
      'Production  3 BlueGreen   blue-green slipway-news-production from production',
    ]);
  });

  test('asks and deploys only where the build found that something changes', () => {
    expect(delivery('news').stages.map(({ name, onlyIf }) => [name, onlyIf])).toEqual([
      ['Source', undefined],
      ['Build', undefined],
      ['Staging', { variable: '#{Build.CHANGED}', contains: ',staging,' }],
      ['Approval', { variable: '#{Build.CHANGED}', contains: ',production,' }],
      ['Production', { variable: '#{Build.CHANGED}', contains: ',production,' }],
    ]);
  });

  test('has no data stack where there is no data', () => {
    const names = delivery('user').stages.flatMap(stage => stage.actions.map(action => action.name));
    expect(names).not.toContain('Data');
  });

  test('rejects overtaken approvals before it asks for its own', () => {
    const calls = delivery('news').stages.flatMap(stage =>
      stage.actions.filter(({ kind }) => kind === 'function'),
    );
    expect(calls).toMatchObject([
      {
        parameters: {
          pipeline: 'slipway-news',
          execution: '#{codepipeline.PipelineExecutionId}',
          commit: '#{Source.CommitId}',
        },
      },
    ]);
  });

  test('shares no role with another service', () => {
    const roles = Object.keys(SERVICES).map(name => new Set(rolesOf(delivery(name))));
    for (const [index, own] of roles.entries()) {
      for (const other of roles.slice(index + 1))
        expect([...own].filter(role => other.has(role))).toEqual([]);
    }
  });
});

function table(blueprint: PipelineBlueprint): string[] {
  return blueprint.stages.flatMap(stage =>
    stage.actions.map(action =>
      [stage.name.padEnd(11), action.runOrder, action.name.padEnd(11), describeAction(action)].join(' '),
    ),
  );
}

function describeAction(action: Action): string {
  switch (action.kind) {
    case 'source':
      return 'source main';
    case 'build':
      return `build ${action.project}${action.outputs.length > 0 ? ` → ${action.outputs.join(' ')}` : ''}`;
    case 'stack':
      return `stack ${action.stack}`;
    case 'blue-green':
      return `blue-green ${action.application} from ${action.folder}`;
    case 'function':
      return `function ${action.function}`;
    case 'approval':
      return 'approval';
  }
}

function rolesOf(blueprint: PipelineBlueprint): string[] {
  return blueprint.stages.flatMap(stage =>
    stage.actions.flatMap(action => [
      ...('role' in action ? [action.role] : []),
      ...(action.kind === 'stack' ? [action.executionRole] : []),
    ]),
  );
}
