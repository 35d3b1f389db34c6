import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { definitionFiles, definitionHash, platformHash } from './definition-hash.ts';
import { findServices, loadContracts, loadEnvironments, productOf } from './load.ts';
import { ContractError } from './problem.ts';

const ENVIRONMENTS = `name: slipway
account: "123456789012"
region: ap-northeast-1
environments:
  staging: { network: { zones: [ap-northeast-1a, ap-northeast-1c] } }
  production: { approval: true, network: { cidr: 10.1.0.0/16, zones: [ap-northeast-1a, ap-northeast-1c] } }
`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-contract-'));
  write('pipeline/environments.yaml', ENVIRONMENTS);
  write('packages/oci/package.json', '{}');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string, base = root): void {
  mkdirSync(dirname(join(base, file)), { recursive: true });
  writeFileSync(join(base, file), text);
}
const service = (name: string, lines = `path: /${name}\n`) =>
  write(`packages/${name}/service.yaml`, `name: ${name}\nteam: ${name}\n${lines}`);

describe('contracts', () => {
  test('are read of every package that has one, sorted by name', () => {
    for (const name of ['user', 'blog', 'news']) service(name);
    const { services, problems } = loadContracts(root);
    expect([services.map(({ name }) => name), problems]).toEqual([['blog', 'news', 'user'], []]);
    expect(findServices(root)).toEqual(['blog', 'news', 'user']);
  });

  test('have a number of tasks for every environment', () => {
    service('news', 'path: /news\ntasks: { production: 5 }\n');
    expect(loadContracts(root).services[0]?.tasks).toEqual({ staging: 1, production: 5 });
  });

  test('know the paths of those they call, also of one whose contract is not good', () => {
    service('user', 'path: /users\n');
    service('market', 'path: /quotes\nport: none\n');
    service('news', 'path: /news\ncalls: [user, market]\n');
    const { services } = loadContracts(root);
    expect(services.find(({ name }) => name === 'news')?.callees).toEqual([
      { name: 'user', path: '/users' },
      { name: 'market', path: '/quotes' },
    ]);
  });

  test('call only services that there are', () => {
    service('user', 'path: /users\n');
    service('news', 'path: /news\ncalls: [usr]\n');
    expect(loadContracts(root).problems).toMatchObject([
      { service: 'news', line: 4, message: 'there is no service usr: did you mean user?' },
    ]);
  });

  test('name environments that there are', () => {
    service('news', 'path: /news\nscaling: { min: 1, max: 2, cpu: 50, environments: { stagin: false } }\n');
    expect(loadContracts(root).problems).toMatchObject([
      { service: 'news', message: 'there is no environment stagin: did you mean staging?' },
    ]);
  });

  test('fail alone', () => {
    service('blog');
    service('news', 'path: news\n');
    const { services, problems } = loadContracts(root);
    expect(services.map(({ name }) => name)).toEqual(['blog']);
    expect(problems).toMatchObject([
      { service: 'news', file: 'packages/news/service.yaml', line: 3, key: 'path' },
    ]);
  });

  test('that want the same path leave it to the first by name', () => {
    service('news', 'path: /stories\n');
    service('blog', 'path: /stories\n');
    const { services, problems } = loadContracts(root);
    expect(services.map(({ name }) => name)).toEqual(['blog']);
    expect(problems).toMatchObject([
      {
        service: 'news',
        line: 3,
        column: 7,
        value: '"/stories"',
        message: 'is the path of blog already: choose another',
      },
    ]);
  });

  test('cannot take the path that bears the name of another', () => {
    service('blog', 'path: /news\n');
    service('news', 'path: /news\n');
    const { services, problems } = loadContracts(root);
    expect(services.map(({ name }) => name)).toEqual(['news']);
    expect(problems).toMatchObject([
      { service: 'blog', line: 3, message: 'is the path of news already: choose another' },
    ]);
    expect(loadContracts(root, { only: 'news' }).problems).toEqual([]);
    expect(loadContracts(root, { only: 'blog' }).problems).toEqual(problems);
  });

  test('have the name of their folder', () => {
    write('packages/news/service.yaml', 'name: user\nteam: press\npath: /news\n');
    service('user');
    const { services, problems } = loadContracts(root);
    expect(services.map(({ name }) => name)).toEqual(['user']);
    expect(problems).toMatchObject([{ service: 'news', line: 1, column: 7, key: 'name', value: '"user"' }]);
  });

  test('name no bucket that S3 would find too long in one of the places', () => {
    const osaka =
      '    regions: { osaka: { region: ap-northeast-3, network: { cidr: 10.3.0.0/16, zones: [ap-northeast-3a, ap-northeast-3b] } } }';
    const zones = '    network: { cidr: 10.2.0.0/16, zones: [ap-northeast-1a, ap-northeast-1c] }';
    write('pipeline/environments.yaml', `${ENVIRONMENTS}  acceptance:\n${zones}\n${osaka}\n`);
    service('international', 'path: /news\nbuckets: { a: {}, photographic: {} }\n');
    expect(loadContracts(root).problems).toMatchObject([
      {
        key: 'buckets.photographic',
        message:
          'would be named slipway-international-acceptance-osaka-photographic-123456789012, which is longer than the 63 characters that S3 allows: shorten it',
      },
    ]);
  });

  test('know the environments that there are', () => {
    service('news', 'path: /news\ntasks: { prodution: 3 }\n');
    expect(loadContracts(root).problems).toMatchObject([
      {
        line: 4,
        key: 'tasks.prodution',
        message: 'there is no environment prodution: did you mean production?',
      },
    ]);
  });

  test('are not read through links that lead elsewhere', () => {
    write('secret', 'name: news\nteam: press\npath: /news\n');
    mkdirSync(join(root, 'packages/news'), { recursive: true });
    symlinkSync(join(root, 'secret'), join(root, 'packages/news/service.yaml'));
    expect(loadContracts(root)).toEqual({ services: [], problems: [] });
  });

  test('can be read one at a time, whatever the others are like', () => {
    service('news');
    service('blog', 'pth: x\n');
    const { services, problems } = loadContracts(root, { only: 'news' });
    expect([services.length, problems]).toEqual([1, []]);
  });
});

describe('the prefix of all names', () => {
  test('is known as long as its own line is good', () => {
    write('pipeline/environments.yaml', 'name: harbour # the prefix\nenvironments: [broken');
    expect(productOf(root)).toBe('harbour');
    write('pipeline/environments.yaml', 'region: nowhere\n');
    expect(productOf(root)).toBe('slipway');
  });
});

describe('environments', () => {
  const fault = (text: string) => {
    write('pipeline/environments.yaml', text);
    try {
      loadEnvironments(root);
    } catch (error) {
      if (error instanceof ContractError) return error.message.split('\n');
    }
    return [];
  };

  test('keep the order of their file, with account and region made explicit', () => {
    expect(loadEnvironments(root).environments).toMatchObject([
      { name: 'staging', account: '123456789012', region: 'ap-northeast-1', approval: false },
      { name: 'production', account: '123456789012', region: 'ap-northeast-1', approval: true },
    ]);
  });

  test.each([
    [
      'account: "123456789012"',
      'account: 123456789012',
      '2:10  account: 123456789012 — must be a text: put it in quotes',
    ],
    [
      'region: ap-northeast-1',
      'region: tokyo',
      '3:9  region: "tokyo" — must be a region, as in ap-northeast-1',
    ],
    [
      'staging: {',
      'staging: { aproval: true,',
      '5:14  environments.staging.aproval — is not a known key: did you mean approval?',
    ],
    ['[ap-northeast-1a, ap-northeast-1c]', '[ap-northeast-1a]', 'name at least two availability zones'],
    ['[ap-northeast-1a, ap-northeast-1c]', '[ap-northeast-1a, eu-west-1a]', 'must be in ap-northeast-1'],
    ['[ap-northeast-1a, ap-northeast-1c]', '[ap-northeast-1a, ap-northeast-1a]', 'is named twice'],
    ['staging: {', 'pipeline: {', 'is a name of the platform itself'],
    ['staging: {', 'images: {', 'is a name of the platform itself'],
  ])('instead of %s do not take %s', (good, bad, told) => {
    expect(fault(ENVIRONMENTS.replace(good, bad)).some(line => line.includes(told))).toBe(true);
  });

  test('are missed when their file is', () => {
    rmSync(join(root, 'pipeline/environments.yaml'));
    expect(() => loadEnvironments(root)).toThrow('pipeline/environments.yaml:1:1  is missing');
  });
});

describe('the hash of the definition', () => {
  const LOCK = {
    packages: {
      pipeline: {
        dependencies: { 'aws-cdk-lib': '2', '@slipway/contract': '0' },
        devDependencies: { jest: '1' },
      },
      'node_modules/@slipway/contract': { link: true, resolved: 'packages/contract' },
      'packages/contract': { dependencies: { yaml: '2' } },
      'node_modules/yaml': { version: '2.0.0', integrity: 'sha512-y' },
      'node_modules/aws-cdk-lib': { version: '2.0.0', dependencies: { ignore: '5' } },
      'node_modules/aws-cdk-lib/node_modules/ignore': { version: '5.0.0' },
      'node_modules/ignore': { version: '6.0.0' },
      'node_modules/jest': { version: '1.0.0' },
    } as Record<string, object>,
  };
  const fill = (base: string) => {
    write('package-lock.json', JSON.stringify(LOCK), base);
    write('pipeline/environments.yaml', ENVIRONMENTS, base);
    write('pipeline/lib/stack.ts', 'export {};', base);
    write('packages/contract/src/index.ts', 'export {};', base);
    write('packages/news/service.yaml', 'name: news\n', base);
    write('packages/news/src/app.ts', 'export {};', base);
    write('buildspecs/build.yml', 'version: 0.2\n', base);
  };
  const lockWith = (location: string, entry: object) =>
    JSON.stringify({ packages: { ...LOCK.packages, [location]: entry } });
  beforeEach(() => fill(root));

  test('is the same wherever the checkout lies, with and without git, and whatever the modes', () => {
    const before = definitionHash(root);
    const other = mkdtempSync(join(tmpdir(), 'slipway-elsewhere-'));
    try {
      fill(other);
      write('.git/HEAD', 'ref: refs/heads/main\n', other);
      chmodSync(join(other, 'pipeline/lib/stack.ts'), 0o755);
      expect(definitionHash(other)).toBe(before);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
    expect(before).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['the CDK app', 'pipeline/lib/stack.ts', 'export const x = 1;'],
    ['a new file of the CDK app', 'pipeline/lib/new.ts', ''],
    ['the environments', 'pipeline/environments.yaml', `${ENVIRONMENTS}#`],
    ['a contract', 'packages/news/service.yaml', 'name: newer\n'],
    ['a new service', 'packages/blog/service.yaml', 'name: blog\n'],
    ['the schema of contracts', 'packages/contract/src/index.ts', '//'],
    ['a buildspec', 'buildspecs/build.yml', 'version: 0.1\n'],
    ['a version of the CDK', 'package-lock.json', lockWith('node_modules/aws-cdk-lib', { version: '2.0.1' })],
    [
      'a version that only the contract uses',
      'package-lock.json',
      lockWith('node_modules/yaml', { version: '2.0.1' }),
    ],
    [
      'a nested version',
      'package-lock.json',
      lockWith('node_modules/aws-cdk-lib/node_modules/ignore', { version: '7.0.0' }),
    ],
  ])('changes with %s', (_what, file, text) => {
    const before = definitionHash(root);
    write(file, text);
    expect(definitionHash(root)).not.toBe(before);
  });

  test.each([
    ['the code of a service', 'packages/news/src/app.ts', '//'],
    ['a test', 'pipeline/lib/stack.test.ts', '//'],
    ['what tests are made of', 'pipeline/lib/testing/fixture.ts', '//'],
    ['what synthesis wrote', 'pipeline/cdk.out/x.template.json', '{}'],
    ['a report', 'pipeline/reports/junit.json', '{}'],
    ['installed packages', 'pipeline/node_modules/x/index.js', ''],
    ['a text about it', 'pipeline/README.md', ''],
    [
      'a version that only tests use',
      'package-lock.json',
      lockWith('node_modules/jest', { version: '1.0.1' }),
    ],
    [
      'another package’s nested version',
      'package-lock.json',
      lockWith('node_modules/ignore', { version: '6.0.1' }),
    ],
  ])('does not change with %s', (_what, file, text) => {
    const before = definitionHash(root);
    write(file, text);
    expect(definitionHash(root)).toBe(before);
  });

  test('tells a moved text from one that stayed', () => {
    const before = definitionHash(root);
    write('pipeline/lib/other.ts', readFileSync(join(root, 'pipeline/lib/stack.ts'), 'utf8'));
    rmSync(join(root, 'pipeline/lib/stack.ts'));
    expect(definitionHash(root)).not.toBe(before);
    expect(definitionFiles(root)).toEqual([
      ...['buildspecs/build.yml', 'packages/contract/src/index.ts', 'packages/news/service.yaml'],
      ...['pipeline/environments.yaml', 'pipeline/lib/other.ts'],
    ]);
  });

  test('has a part that no contract changes: the platform itself', () => {
    service('news');
    write('pipeline/environments.yaml', ENVIRONMENTS);
    const before = [definitionHash(root), platformHash(root)];
    service('news', 'path: /stories\n');
    const contract = [definitionHash(root), platformHash(root)];
    expect([contract[0] === before[0], contract[1] === before[1]]).toEqual([false, true]);
    write('pipeline/environments.yaml', `${ENVIRONMENTS}# changed\n`);
    expect(platformHash(root)).not.toBe(contract[1]);
  });
});
