import { readFileSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { AssemblyError, TemplateError } from './errors.ts';
import { isObject, type JsonObject, section } from './json.ts';
import { parseTemplate, type Template } from './template.ts';

/** A stack of a cloud assembly. */
export interface AssemblyStack {
  /** The artifact's id in the manifest; unique within the assembly, nested ones included. */
  id: string;
  stackName: string;
  /** Undefined when the stack is agnostic of its environment. */
  account?: string;
  region?: string;
  /** Absolute path of the template. */
  templateFile: string;
  /** Values for the template's parameters. */
  parameters: Record<string, string>;
  tags: Record<string, string>;
  terminationProtection: boolean;
  /** Ids of the stacks that must be there first. */
  dependencies: string[];
  /** The template as the file holds it, parsed from JSON. */
  source: JsonObject;
  template: Template;
}

/** What a synthesis wrote: `cdk.out`. */
export interface Assembly {
  /** Absolute. */
  directory: string;
  stacks: AssemblyStack[];
}

const MAX_MANIFEST_BYTES = 16_000_000;
const MAX_TEMPLATE_BYTES = 1_000_000;
const MAX_NESTING = 8;

/**
 * Reads a cloud assembly and those nested in it. Throws an AssemblyError that names the file, or a TemplateError that
 * names the stack. Nothing outside `directory` is read.
 */
export function readAssembly(directory: string): Assembly {
  const root = resolve(directory);
  const stacks = readDirectory(root, root, 0);
  for (const [index, stack] of stacks.entries()) {
    if (stacks.findIndex(each => each.id === stack.id) < index) {
      throw new AssemblyError(`${root}: two stacks have the id ${stack.id}`);
    }
  }
  return { directory: root, stacks };
}

function readDirectory(directory: string, root: string, depth: number): AssemblyStack[] {
  const file = join(directory, 'manifest.json');
  if (depth > MAX_NESTING)
    throw new AssemblyError(`${file}: assemblies are nested deeper than ${MAX_NESTING}`);
  const manifest = readJson(file, MAX_MANIFEST_BYTES);
  if (typeof manifest.version !== 'string')
    throw new AssemblyError(`${file}: a cloud assembly has a version`);
  const artifacts = [...objects(manifest.artifacts, `${file}: artifacts`)];
  const kinds = new Map(artifacts.map(([id, artifact]) => [id, artifact.type]));
  const isStack = (id: string): boolean => kinds.get(id) === 'aws:cloudformation:stack';
  return artifacts.flatMap(([id, artifact]) => {
    const where = `${file}: ${id}`;
    const properties = objects({ properties: artifact.properties ?? {} }, where).get('properties') ?? {};
    if (artifact.type === 'cdk:cloud-assembly') {
      const nested = inside(directory, string(properties.directoryName, `${where}: directoryName`), root);
      return readDirectory(nested, root, depth + 1);
    }
    return isStack(id) ? [readStack({ id, artifact, properties, where, directory, root, isStack })] : [];
  });
}

interface StackSource {
  id: string;
  artifact: JsonObject;
  properties: JsonObject;
  where: string;
  directory: string;
  root: string;
  isStack(id: string): boolean;
}

function readStack({
  id,
  artifact,
  properties,
  where,
  directory,
  root,
  isStack,
}: StackSource): AssemblyStack {
  const stackName = string(properties.stackName ?? id, `${where}: stackName`);
  if (!/^[A-Za-z][-A-Za-z0-9]{0,127}$/.test(stackName))
    throw new AssemblyError(`${where}: "${stackName}" is no stack name`);
  const templateFile = inside(directory, string(properties.templateFile, `${where}: templateFile`), root);
  const source = readJson(templateFile, MAX_TEMPLATE_BYTES, stackName);
  const dependencies = artifact.dependencies ?? [];
  if (!Array.isArray(dependencies)) throw new AssemblyError(`${where}: dependencies must be a list`);
  return {
    id,
    stackName,
    ...readEnvironment(artifact.environment, where),
    templateFile,
    parameters: strings(properties.parameters, `${where}: parameters`),
    tags: strings(properties.tags, `${where}: tags`),
    terminationProtection: properties.terminationProtection === true,
    dependencies: dependencies.filter(each => typeof each === 'string' && isStack(each)),
    source,
    template: parseTemplate(source, stackName),
  };
}

/** `aws://123456789012/ap-northeast-1`; unknown parts are left out. */
function readEnvironment(value: unknown, where: string): { account?: string; region?: string } {
  const match = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(string(value, `${where}: environment`));
  if (!match) throw new AssemblyError(`${where}: "${String(value)}" is no environment`);
  const [, account, region] = match;
  return {
    ...(account && account !== 'unknown-account' ? { account } : {}),
    ...(region && region !== 'unknown-region' ? { region } : {}),
  };
}

function readJson(file: string, maxBytes: number, stackName?: string): JsonObject {
  let value: unknown;
  try {
    const { size } = statSync(file);
    if (size > maxBytes) throw new Error(`it has ${size} bytes, more than ${maxBytes}`);
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AssemblyError(`${stackName ? `stack ${stackName}: ` : ''}reading ${file}: ${reason}`, {
      cause,
    });
  }
  if (!isObject(value)) throw new AssemblyError(`${file}: must hold a JSON object`);
  return value;
}

function inside(directory: string, name: string, root: string): string {
  const path = resolve(directory, name);
  if (path.startsWith(root + sep)) return path;
  throw new AssemblyError(`${directory}: "${name}" leads out of the assembly`);
}

function objects(value: unknown, where: string): Map<string, JsonObject> {
  const entries = [...guarded(value, where)];
  return new Map(
    entries.map(([key, inner]) => {
      if (!isObject(inner)) throw new AssemblyError(`${where}: ${key} must be an object`);
      return [key, inner];
    }),
  );
}

function strings(value: unknown, where: string): Record<string, string> {
  return Object.fromEntries(
    [...guarded(value, where)].map(([key, inner]) => [key, string(inner, `${where}: ${key}`)]),
  );
}

function guarded(value: unknown, where: string): Map<string, unknown> {
  try {
    return section(value, where);
  } catch (cause) {
    if (cause instanceof TemplateError) throw new AssemblyError(`${where} must be an object`, { cause });
    throw cause;
  }
}

function string(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new AssemblyError(`${where} must be a string`);
}
