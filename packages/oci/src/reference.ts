import { type Digest, isDigest, parseDigest } from './digest.ts';
import { OciError } from './errors.ts';

/** An image as people write it: `host[:port]/repository[:tag][@digest]`. */
export interface Reference {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const hostPattern = /^(?:[a-zA-Z0-9][a-zA-Z0-9.-]{0,252}|\[[a-fA-F0-9:]{2,45}\])(?::[0-9]{1,5})?$/;

export function isRepositoryName(text: string): boolean {
  return text.length <= 255 && repositoryPattern.test(text);
}

export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/**
 * Reads an image reference. A name without a registry host means Docker Hub, as everywhere; neither tag nor digest
 * means `latest`. Throws REFERENCE_INVALID.
 */
export function parseReference(text: string): Reference {
  if (text.length > 1024) throw invalid(text);
  const at = text.indexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) throw invalid(text);
  const { name, tag } = splitTag(at === -1 ? text : text.slice(0, at));
  const { registry, repository } = splitRegistry(name);
  if (!hostPattern.test(registry) || !isRepositoryName(repository)) throw invalid(text);
  if (tag !== undefined && !isTag(tag)) throw invalid(text);
  return {
    registry,
    repository,
    ...(tag !== undefined ? { tag } : digest === undefined ? { tag: 'latest' } : {}),
    ...(digest === undefined ? {} : { digest: parseDigest(digest) }),
  };
}

export function formatReference({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

function splitTag(text: string): { name: string; tag?: string } {
  const colon = text.lastIndexOf(':');
  if (colon <= text.lastIndexOf('/')) return { name: text };
  return { name: text.slice(0, colon), tag: text.slice(colon + 1) };
}

function splitRegistry(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  if (first === 'localhost' || /[.:[]/.test(first))
    return { registry: first, repository: name.slice(slash + 1) };
  return { registry: 'docker.io', repository: slash === -1 ? `library/${name}` : name };
}

function invalid(text: string): OciError {
  return new OciError('REFERENCE_INVALID', `${JSON.stringify(text.slice(0, 200))} is not an image reference`);
}
