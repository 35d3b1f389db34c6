import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import type { RequestHandler } from 'express';

/** The files of a page, in memory, by the name under which they are served. */
export type Assets = ReadonlyMap<string, Asset>;
type Asset = { readonly bytes: Buffer; readonly etag: string };

/**
 * Reads a page's files: the `public` folder beside a bundle, or, run from a service's `src`, the files that the
 * bundle would have.
 */
export function loadAssets(mainFolder: string): Assets {
  const bundled = join(mainFolder, 'public');
  const files = existsSync(bundled) ? listFiles(bundled) : listAssetSources(join(mainFolder, '..'));
  return new Map(files.map(file => [basename(file), readAsset(file)]));
}

/** Returns where the files of a service's page come from: Bootstrap, this package and the service itself. */
export function listAssetSources(serviceFolder: string): string[] {
  const require = createRequire(import.meta.url);
  return [
    require.resolve('bootstrap/dist/css/bootstrap.min.css'),
    require.resolve('bootstrap/dist/js/bootstrap.bundle.min.js'),
    ...listFiles(join(import.meta.dirname, '../public')),
    ...listFiles(join(serviceFolder, 'public')),
  ];
}

/**
 * Serves the files by exact name. Tags are made of the content: files of an image all carry the same time, so
 * a tag made of size and time would let a browser keep an old version's file.
 */
export function serveAssets(assets: Assets): RequestHandler {
  return (request, response, next) => {
    const name = request.path.slice(1);
    const asset = assets.get(name);
    if (asset === undefined || !['GET', 'HEAD'].includes(request.method)) return next();
    response.set({ ETag: asset.etag, 'Cache-Control': 'no-cache' });
    response.type(name.slice(name.lastIndexOf('.'))).send(asset.bytes);
  };
}

function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isFile());
  return files.map(file => join(folder, file.name)).sort();
}

function readAsset(file: string): Asset {
  const bytes = readFileSync(file);
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"` };
}
