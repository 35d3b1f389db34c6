import { expect, test } from '@jest/globals';
import { readBuildspec } from './buildspec.ts';

const phases = { build: { commands: ['true'] } };
const read = (more: object) => readBuildspec(JSON.stringify({ version: 0.2, phases, ...more }));

test('YAML as people write it is read', () => {
  const spec = readBuildspec(`version: 0.2
env:
  shell: bash
  variables: { PORT: 3000 }
phases:
  build:
    on-failure: ABORT
    commands:
      - |
        echo one
        echo two
      - npm test
cache:
  key: npm-$(codebuild-hash-files package-lock.json)
  paths: ['node_modules/**/*']
`);
  expect(spec.shell).toBe('bash');
  expect(spec.variables).toEqual({ PORT: '3000' });
  expect(spec.phases.build).toMatchObject({
    commands: ['echo one\necho two\n', 'npm test'],
    onFailure: 'ABORT',
  });
  expect(spec.cache).toMatchObject({ actions: ['restore', 'save'], fallbackKeys: [] });
});

test.each([
  [{ version: 0.1 }, 'version 0.1 is not carried out; write version: 0.2'],
  [{ batch: {} }, 'batch builds are not carried out'],
  [{ env: { shell: 'powershell-core' } }, 'env.shell powershell-core is not carried out'],
  [
    { env: { 'secrets-manager': { A: 'b' } } },
    'env.secrets-manager is not carried out locally; set A in the project',
  ],
  [
    { phases: { build: { commands: ['a'], 'on-failure': 'RETRY-2' } } },
    'on-failure RETRY-2 is not carried out',
  ],
  [{ phases: { build: { commands: [{ 'echo a': 'b' }] } } }, 'found subkeys instead'],
  [{ phases: { biuld: { commands: [] } } }, 'phases.biuld is no phase'],
  [{ phases: {} }, 'at least one phase'],
  [{ reports: { a: {}, b: {}, c: {}, d: {}, e: {}, f: {} } }, 'at most 5 report groups'],
])('what is not carried out is refused with a sentence: %j', (more, sentence) => {
  expect(() => read(more)).toThrow(sentence);
});

test('broken YAML is an error with its place', () => {
  expect(() => readBuildspec('version: 0.2\nphases: [')).toThrow(/line \d/);
});
