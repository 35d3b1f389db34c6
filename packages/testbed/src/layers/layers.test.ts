import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readImports } from './imports.ts';
import { brokenSeams, servicesOf } from './rules.ts';

const root = resolve(import.meta.dirname, '../../../..');

describe('layers', () => {
  test('every import of the project keeps the seams', () => {
    const imports = readImports(root);
    expect(imports.length).toBeGreaterThan(500);
    expect(brokenSeams(imports, root)).toEqual([]);
  });

  test('the rules know the services by their contracts', () => {
    expect(servicesOf(root).sort()).toEqual(['blog', 'market', 'news', 'user']);
  });

  test.each([
    ['packages/news/src/app.ts', '@slipway/blog', 'services never import each other'],
    ['packages/news/src/app.ts', 'packages/blog/src/post.ts', 'services never import each other'],
    ['packages/engine/src/engine.ts', 'aws-cdk-lib/core', 'only pipeline/ may import the CDK'],
    ['packages/engine/src/engine.ts', '@slipway/image', 'may not import image'],
    [
      'packages/engine/src/aws/ecs/task.ts',
      'packages/engine/src/aws/ecr/image.ts',
      'never import each other',
    ],
    ['packages/cli/src/main.ts', '@slipway/engine/src/engine.ts', 'speaks AWS APIs only'],
    ['packages/oci/src/layer.ts', '@slipway/testbed', 'may not import the testbed'],
    ['pipeline/lib/app.ts', '@slipway/engine', 'may not import engine'],
  ])('%s importing %s is refused', (file, target, fault) => {
    expect(brokenSeams([{ file, target, test: false }], root).join()).toContain(fault);
  });
});
