import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readAssembly } from './assembly.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'assembly-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const template = { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } };

function write(file: string, value: unknown): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), typeof value === 'string' ? value : JSON.stringify(value));
}

function stack(properties: object, more: object = {}): object {
  return {
    type: 'aws:cloudformation:stack',
    environment: 'aws://123456789012/ap-northeast-1',
    properties: { templateFile: 'web.template.json', ...properties },
    ...more,
  };
}

function writeManifest(artifacts: object, file = 'manifest.json'): void {
  write(file, { version: '54.0.0', artifacts });
}

describe('a cloud assembly', () => {
  test('gives its stacks with place, tags, parameters and the stacks they need', () => {
    write('web.template.json', template);
    writeManifest({
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
      'web.assets': { type: 'cdk:asset-manifest', properties: { file: 'web.assets.json' } },
      base: stack({ stackName: 'slipway-base' }, { environment: 'aws://unknown-account/unknown-region' }),
      web: stack(
        {
          stackName: 'slipway-web',
          tags: { team: 'web' },
          parameters: { A: 'b' },
          terminationProtection: true,
        },
        { dependencies: ['base', 'web.assets'] },
      ),
    });
    const [base, web] = readAssembly(directory).stacks;
    expect(base).not.toHaveProperty('account');
    expect(web).toMatchObject({
      id: 'web',
      stackName: 'slipway-web',
      account: '123456789012',
      region: 'ap-northeast-1',
      templateFile: join(directory, 'web.template.json'),
      tags: { team: 'web' },
      parameters: { A: 'b' },
      terminationProtection: true,
      dependencies: ['base'],
      source: template,
    });
    expect(web?.template.resources.get('Topic')?.type).toBe('AWS::SNS::Topic');
  });

  test('includes the stacks of nested assemblies', () => {
    writeManifest({ Stage: { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Stage' } } });
    write('assembly-Stage/web.template.json', template);
    writeManifest({ web: stack({}) }, 'assembly-Stage/manifest.json');
    expect(readAssembly(directory).stacks.map(each => each.stackName)).toEqual(['web']);
  });

  test.each<[string, object, string]>([
    [
      'a template outside',
      { web: stack({ templateFile: '../web.json' }) },
      '"../web.json" leads out of the assembly',
    ],
    ['no template', { web: stack({ templateFile: 'no.json' }) }, 'stack web: reading'],
    ['no environment', { web: stack({}, { environment: 'here' }) }, '"here" is no environment'],
    ['a wrong stack name', { web: stack({ stackName: '../x' }) }, '"../x" is no stack name'],
    ['tags of numbers', { web: stack({ tags: { a: 1 } }) }, 'web: tags: a must be a string'],
    [
      'an assembly within itself',
      { Stage: { type: 'cdk:cloud-assembly', properties: { directoryName: './x/..' } } },
      'leads out of the assembly',
    ],
  ])('%s is refused', (_title, artifacts, sentence) => {
    write('web.template.json', template);
    writeManifest(artifacts);
    expect(() => readAssembly(directory)).toThrow(sentence);
  });

  test('a broken template is told with its stack and file', () => {
    write('web.template.json', '{');
    writeManifest({ web: stack({}) });
    expect(() => readAssembly(directory)).toThrow(/^stack web: reading .*web\.template\.json: /);
  });

  test('a directory without manifest is no assembly', () => {
    expect(() => readAssembly(directory)).toThrow('manifest.json');
  });
});
