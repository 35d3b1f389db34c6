import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findServices } from './load.ts';
import { pinnedVersions } from './lock-file.ts';

const SOURCES = /\.(ts|js|mjs|cjs|json|yaml|yml)$/;
const TESTS = /\.test\.ts$/;
const OUTPUTS: readonly string[] = ['node_modules', 'cdk.out', 'reports', 'dist', 'testing'];

/**
 * The hash of everything that defines the pipelines: the CDK app, the schema of the contracts, the contracts, the
 * buildspecs and the locked versions of what synthesis is made with. It depends on paths and contents only, never on
 * where the checkout lies, on git or on file modes.
 *
 * @returns 64 hexadecimal digits
 */
export function definitionHash(root: string): string {
  return hashOf(root, definitionFiles(root));
}

/**
 * The hash of what the platform itself is made of: the definition without the contracts, which only their own services'
 * pipelines and stacks follow.
 *
 * @returns 64 hexadecimal digits
 */
export function platformHash(root: string): string {
  return hashOf(root, platformFiles(root).sort(byCodeUnit));
}

function hashOf(root: string, files: string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  for (const line of pinnedVersions(root, 'pipeline')) hash.update(`${line}\n`);
  return hash.digest('hex');
}

/** Paths relative to the root, with forward slashes, sorted by code unit. */
export function definitionFiles(root: string): string[] {
  const contracts = findServices(root).map(name => `packages/${name}/service.yaml`);
  return [...platformFiles(root), ...contracts].sort(byCodeUnit);
}

function platformFiles(root: string): string[] {
  return [...walk(root, 'pipeline'), ...walk(root, 'packages/contract/src'), ...walk(root, 'buildspecs')];
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function walk(root: string, folder: string): string[] {
  if (!lstatSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = `${folder}/${entry.name}`;
    if (entry.name.startsWith('.') || OUTPUTS.includes(entry.name)) return [];
    if (entry.isDirectory()) return walk(root, path);
    return entry.isFile() && SOURCES.test(entry.name) && !TESTS.test(entry.name) ? [path] : [];
  });
}
