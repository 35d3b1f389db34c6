import { posix } from 'node:path';
import { OciError } from './errors.ts';

const lengthLimit = 4096;
const componentLimit = 255;
const depthLimit = 256;

/**
 * The path of a layer entry in plain form (`a/b`, no leading `./`, no trailing slash). Throws LAYER_UNSAFE for
 * absolute paths, `..`, control characters and names that no file system takes; an empty result is the root itself.
 */
export function layerPath(text: string): string {
  if (text.startsWith('/')) throw unsafe(text, 'is absolute');
  if (text.length > lengthLimit) throw unsafe(text, 'is too long');
  if (hasControlCharacter(text)) throw unsafe(text, 'has characters that paths must not have');
  const parts = text.split('/').filter(part => part !== '' && part !== '.');
  if (parts.length > depthLimit) throw unsafe(text, 'is too deep');
  for (const part of parts) {
    if (part === '..') throw unsafe(text, 'leaves the root');
    if (Buffer.byteLength(part) > componentLimit) throw unsafe(text, 'is too long');
  }
  return parts.join('/');
}

/**
 * The target of a symbolic link in a form that cannot leave the root, as a container would see it: an absolute target
 * becomes relative to the root, `..` only ever stands in front. Throws LAYER_UNSAFE when it climbs above the root.
 */
export function linkTarget(linkPath: string, target: string): string {
  if (target === '' || target.length > lengthLimit || hasControlCharacter(target))
    throw unsafe(target, 'is no link target');
  const depth = linkPath.split('/').length - 1;
  if (target.startsWith('/')) return join(depth, [layerPath(posix.normalize(target).slice(1))]);
  const parts: string[] = [];
  let climbed = 0;
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) climbed += 1;
  }
  if (climbed > depth) throw unsafe(target, 'climbs above the root');
  return join(climbed, parts);
}

function join(climbed: number, parts: readonly string[]): string {
  const all = [...Array<string>(climbed).fill('..'), ...parts].filter(part => part !== '');
  return all.join('/') || '.';
}

function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) < 0x20) return true;
  return false;
}

function unsafe(text: string, why: string): OciError {
  return new OciError('LAYER_UNSAFE', `the path ${JSON.stringify(text.slice(0, 200))} ${why}`);
}
