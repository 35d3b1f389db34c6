import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { Spot } from '../target.ts';

/** A stack of the cloud assembly, and where it belongs. */
export interface AssemblyStack extends Spot {
  name: string;
  template: { Resources: Record<string, { Type: string }> };
}

interface Artifact {
  type: string;
  environment?: string;
  dependencies?: string[];
  properties?: { templateFile?: string; stackName?: string };
}

/**
 * What has to be there before the platform pipeline can make everything else: the tooling of each account and region,
 * and the pipeline's own stack with all that it depends on, in the order of their dependencies. Throws a UserError for a
 * folder that holds no cloud assembly.
 */
export function foundation(folder: string, product: string): AssemblyStack[] {
  const { artifacts } = readManifest(folder);
  const chosen = new Set<string>();
  const choose = (id: string): void => {
    const artifact = artifacts[id];
    if (artifact?.type !== 'aws:cloudformation:stack' || chosen.has(id)) return;
    for (const dependency of artifact.dependencies ?? []) choose(dependency);
    chosen.add(id);
  };
  const nameOf = (id: string): string => artifacts[id]?.properties?.stackName ?? id;
  const tooling = (id: string): boolean => `${nameOf(id)}-`.startsWith(`${product}-tooling-`);
  for (const id of Object.keys(artifacts)) if (tooling(id)) choose(id);
  for (const id of Object.keys(artifacts)) if (nameOf(id) === `${product}-platform-pipeline`) choose(id);
  return [...chosen].map(id => readStack(folder, id, artifacts[id]!));
}

/** The names of all stacks of the assembly. */
export function stacksOf(folder: string): string[] {
  const { artifacts } = readManifest(folder);
  return Object.entries(artifacts)
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(([id, { properties }]) => properties?.stackName ?? id);
}

function readManifest(folder: string): { artifacts: Record<string, Artifact> } {
  const file = join(folder, 'manifest.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { artifacts: Record<string, Artifact> };
  } catch (error) {
    throw new UserError(`${file} is not the manifest of a cloud assembly: ${String(error)}`);
  }
}

function readStack(
  folder: string,
  id: string,
  { environment = '', properties = {} }: Artifact,
): AssemblyStack {
  const [, account, region] = /^aws:\/\/(\d{12})\/([a-z0-9-]+)$/.exec(environment) ?? [];
  if (!account || !region)
    throw new UserError(`The stack ${id} names no account and region: set both in environments.yaml.`);
  const file = join(folder, properties.templateFile ?? `${id}.template.json`);
  const template = JSON.parse(readFileSync(file, 'utf8')) as AssemblyStack['template'];
  return { name: properties.stackName ?? id, account, region, template };
}
