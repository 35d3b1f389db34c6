import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

/**
 * What `package-lock.json` pins for a workspace: each package that it needs at run time, directly or not, as
 * `name@version integrity`, sorted. Workspace packages have no version of their own: they are passed through.
 */
export function pinnedVersions(root: string, workspace: string): string[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages?: Record<string, LockedPackage>;
  };
  const packages = lock.packages ?? {};
  const seen = new Set<string>();
  const pins = new Set<string>();
  const visit = (location: string) => {
    if (seen.has(location)) return;
    seen.add(location);
    const entry = packages[location];
    if (entry === undefined) return;
    if (entry.link) return visit(entry.resolved ?? '');
    const marker = location.lastIndexOf('node_modules/');
    if (marker >= 0) {
      const name = location.slice(marker + 'node_modules/'.length);
      pins.add(`${name}@${entry.version ?? ''} ${entry.integrity ?? ''}`);
    }
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      const found = resolve(packages, location, name);
      if (found !== undefined) visit(found);
    }
  };
  visit(workspace);
  return [...pins].sort();
}

/** Finds a dependency as Node does: in the nearest node_modules folder upwards. */
function resolve(packages: Record<string, unknown>, from: string, name: string): string | undefined {
  let folder = from;
  while (true) {
    const location = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (location in packages) return location;
    if (folder === '') return undefined;
    folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
  }
}
