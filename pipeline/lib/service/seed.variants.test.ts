import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { loadContracts, loadEnvironments } from '@slipway/contract';
import { boot } from '../boot.ts';
import { createNames } from '../names.ts';
import { tempFolder, writeRepository } from '../testing/fixture.ts';
import { seedTaskDefinition } from './task-definition.ts';

test('the seed answers the health check, says that nothing is released yet, and stops when told', async () => {
  using folder = tempFolder();
  writeRepository(folder.path);
  const environments = loadEnvironments(folder.path);
  const service = loadContracts(folder.path).services.find(({ name }) => name === 'news')!;
  const names = createNames(environments);
  const task = seedTaskDefinition({
    ...{
      names,
      service,
      environment: environments.environments[0]!,
      architecture: environments.architecture,
    },
  });
  const [node, flag, program] = task.containerDefinitions[0].command!;
  expect([node, flag]).toEqual(['node', '-e']);

  const start = async (healthPath: string, timeoutMs: number) => {
    writeFileSync(join(folder.path, 'main.js'), program!);
    return boot({ folder: folder.path, healthPath, variables: {}, timeoutMs, output: new PassThrough() });
  };
  expect(await start('/news/healthz?from=balancer', 10_000)).toBeUndefined();
  expect(await start('/news/', 1000)).toContain('answered 503');
});
