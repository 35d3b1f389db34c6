import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** One import statement. */
export interface Import {
  /** The importing file, relative to the root. */
  file: string;
  /** What it names: a package (`@slipway/oci`, `aws-cdk-lib`, `node:fs`) or a file relative to the root. */
  target: string;
  test: boolean;
}

const SOURCES = [
  'packages/*/{src,bin}/**/*.ts',
  'packages/*/scenarios/**/*.ts',
  'pipeline/{bin,lib}/**/*.ts',
];
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bimport\.meta\.resolve\(\s*|\brequire\(\s*)'([^'\n]+)'/g;

/** Tests and what only tests use: fixtures, `test-world.ts`, the testbed. */
const TEST_CODE = /\.test\.ts$|\/fixtures\/|\/test-[a-z-]+\.ts$|\/testing\/|^packages\/testbed\//;

/** Every import of the project's sources below `root`, dynamic and type imports included. */
export function readImports(root: string): Import[] {
  return globSync(SOURCES, { cwd: root }).flatMap(file => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(SPECIFIER)].map(([, specifier]) => ({
      file,
      target: specifier!.startsWith('.')
        ? relative(root, resolve(root, dirname(file), specifier!))
        : specifier!,
      test: TEST_CODE.test(file),
    }));
  });
}

/** The package that a file or a specifier belongs to: `engine`, `pipeline`, or undefined for npm's and Node's. */
export function packageOf(path: string): string | undefined {
  const [, scoped] = /^@slipway\/([^/]+)/.exec(path) ?? [];
  const [, folder] = /^packages\/([^/]+)/.exec(path) ?? [];
  return scoped ?? folder ?? (path.startsWith('pipeline/') ? 'pipeline' : undefined);
}
