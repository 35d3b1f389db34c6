import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, extname, join } from 'node:path';
import type { RequestHandler } from 'express';
import { etagOf, isKnown } from './etag.ts';
import { sendContent } from './reply.ts';
import { contextOf } from './request-context.ts';

/** The files of a page, in memory, by the name under which they are served. */
export type Assets = ReadonlyMap<string, Asset>;
type Asset = { readonly bytes: Buffer; readonly type: string; readonly etag: string };

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
    const asset = assets.get(request.path.slice(1));
    if (asset === undefined || !['GET', 'HEAD'].includes(request.method)) return next();
    contextOf(response).route = request.baseUrl;
    const headers = { ETag: asset.etag, 'Cache-Control': 'no-cache' };
    if (isKnown(request, asset.etag)) sendContent(response, { status: 304, headers });
    else sendContent(response, { type: asset.type, content: asset.bytes, headers });
  };
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isFile());
  return files.map(file => join(folder, file.name)).sort();
}

/** Throws Error for a kind of file that browsers would have to guess. */
function readAsset(file: string): Asset {
  const type = types[extname(file)];
  if (type === undefined)
    throw new Error(`${file} is of no kind that a page's files have: ${Object.keys(types).join(' ')}`);
  const bytes = readFileSync(file);
  return { bytes, type, etag: etagOf(bytes) };
}
