import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { remove, replaceIn } from '../../src/changes.ts';
import type { Clone } from '../../src/clone.ts';
import { SERVICES } from '../../src/services.ts';
import { shortenBuilds } from '../../src/short-builds.ts';

/** One environment, with everything that protects it, and one service that keeps data. */
export function makeSmall(clone: Clone): void {
  const { root, git } = clone;
  writeFileSync(
    join(root, 'pipeline/environments.yaml'),
    `account: "123456789012"
region: ap-northeast-1
environments:
  production:
    approval: true
    protect: true
    network: { zones: [ap-northeast-1a, ap-northeast-1c] }
`,
  );
  for (const { name } of SERVICES) if (name !== 'user') remove(`packages/${name}/service.yaml`)(root);
  replaceIn('packages/user/service.yaml', /^scaling: .*$/m, 'tasks: { production: 1 }')(root);
  // What builds and Check test is the story of others.
  shortenBuilds(clone);
  replaceIn('buildspecs/check.yml', 'pipeline.ts --out', 'pipeline.ts --no-validation --out')(root);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'One service in one environment');
}
