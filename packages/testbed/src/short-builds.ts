import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { remove, replaceIn } from './changes.ts';
import type { Clone } from './clone.ts';

/** One for each package that a Build or Check tests; the stories change some of them. */
const KEPT = [
  'packages/blog/src/posts/slug.test.ts',
  'packages/market/src/money.test.ts',
  'packages/news/src/app.test.ts',
  'packages/service-kit/src/html.test.ts',
  'packages/user/src/email.test.ts',
  'pipeline/lib/pipelines/blueprint.test.ts',
];

/**
 * Takes away most of what every Build and Check of a story would look at: a story is of what a pipeline does with a test.
 * `npm test` looks at all of it, and the first release of CI builds with all of it. The caller commits.
 */
export function shortenBuilds(clone: Clone): void {
  keepFewTests(clone);
  for (const change of [
    replaceIn('buildspecs/build.yml', 'turbo run lint typecheck test', 'turbo run test'),
    replaceIn('buildspecs/check.yml', 'turbo run lint typecheck test', 'turbo run test'),
    replaceIn('jest.config.base.js', /^ +collectCoverageFrom: .*\n/m, ''),
  ])
    change(clone.root);
}

function keepFewTests(clone: Clone): void {
  const left = new Set(KEPT);
  for (const folder of new Set(KEPT.map(file => file.replace(/^((packages\/)?[^/]+\/[^/]+)\/.*/, '$1'))))
    for (const name of readdirSync(join(clone.root, folder), { encoding: 'utf8', recursive: true })) {
      const file = `${folder}/${name}`;
      if (/\.test\.ts$/.test(file) && !left.delete(file)) remove(file)(clone.root);
    }
  if (left.size > 0) throw new Error(`There is no ${[...left].join(', ')} any more: keep others.`);
}
