import { copyFileSync, globSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { listAssetSources } from './assets.ts';

/**
 * Packs a service into `out`: `src/main.ts` as `main.js`, each `src/commands/<name>.ts` as `<name>.js`, both with all
 * that they need at run time, `public/` and a `package.json` that tells Node what kind of files they are. The same source gives the same bytes in any
 * checkout: esbuild names modules relative to the service's folder. Names are kept, for readable stack traces.
 */
export async function bundleService(serviceFolder: string, out = join(serviceFolder, 'dist')): Promise<void> {
  const folder = realpathSync(serviceFolder);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'public'), { recursive: true });
  await build({
    absWorkingDir: folder,
    entryPoints: listEntryPoints(folder),
    outdir: out,
    bundle: true,
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    ...commonJs,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  writeFileSync(join(out, 'package.json'), '{"type":"commonjs"}\n');
  for (const file of listAssetSources(folder)) copyFileSync(file, join(out, 'public', basename(file)));
}

/** Returns the entry points by the names of the files that they become. */
function listEntryPoints(folder: string): Record<string, string> {
  const commands = globSync('src/commands/*.ts', { cwd: folder })
    .filter(file => !file.endsWith('.test.ts'))
    .sort();
  const entries = ['src/main.ts', ...commands].map(file => [basename(file, '.ts'), file] as const);
  const names = new Set(entries.map(([name]) => name));
  if (names.size < entries.length) throw new Error('a command may not be named main');
  return Object.fromEntries(entries);
}

/** Node compiles CommonJS lazily: a service starts 30 ms sooner than as one large module. */
const commonJs = {
  format: 'cjs',
  define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__filename' },
} as const;
