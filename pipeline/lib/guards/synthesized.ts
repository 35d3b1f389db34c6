import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Properties of a resource as the template has them: numbers, texts and intrinsics. */
// biome-ignore lint/suspicious/noExplicitAny: a guard looks into any resource
export type Properties = any;

export interface Resource {
  readonly Type: string;
  readonly Properties: Properties;
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
  >;
  readonly Parameters?: Readonly<Record<string, unknown>>;
}

export interface SynthesizedStack {
  readonly name: string;
  /** Account and region, as in `aws://123456789012/ap-northeast-1`: exports are shared within it. */
  readonly environment: string;
  readonly template: Template;
  /** The size of the template's file in bytes. */
  readonly size: number;
  /** What must be uploaded before the stack is deployed: paths within the assembly, the template among them. */
  readonly files: readonly string[];
  /** Container images that must be pushed before the stack is deployed. */
  readonly images: readonly string[];
}

/** The files that a blue/green action takes. */
export interface SynthesizedRelease {
  /** The folder in the assembly, as in `release/news/production`. */
  readonly folder: string;
  readonly service: string;
  readonly appSpec: Properties;
  readonly taskDefinition: Properties;
}

/** What synthesis wrote, read back from disk: whoever wrote it, and whatever it was written with. */
export interface Synthesized {
  readonly stacks: readonly SynthesizedStack[];
  readonly releases: readonly SynthesizedRelease[];
}

export interface Found {
  readonly stack: SynthesizedStack;
  readonly logicalId: string;
  readonly properties: Properties;
}

/** Reads an assembly and the release files below it. */
export function readSynthesized(out: string): Synthesized {
  const { artifacts } = readJson(join(out, 'manifest.json')) as {
    artifacts: Record<string, { type: string; environment?: string; properties?: { templateFile?: string } }>;
  };
  const stacks = Object.entries(artifacts)
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(([name, { environment = '', properties }]) =>
      readStack(out, { name, environment, file: properties?.templateFile ?? `${name}.template.json` }),
    );
  return { stacks, releases: readReleases(out) };
}

function readStack(
  out: string,
  { name, environment, file }: { name: string; environment: string; file: string },
): SynthesizedStack {
  const text = readFileSync(join(out, file), 'utf8');
  const manifest = join(out, `${name}.assets.json`);
  const assets = (existsSync(manifest) ? readJson(manifest) : {}) as {
    files?: Record<string, { source: { path?: string } }>;
    dockerImages?: Record<string, unknown>;
  };
  return {
    ...{ name, environment, template: JSON.parse(text) as Template, size: Buffer.byteLength(text) },
    files: Object.values(assets.files ?? {}).map(({ source }) => source.path ?? ''),
    images: Object.keys(assets.dockerImages ?? {}),
  };
}

function readReleases(out: string): SynthesizedRelease[] {
  return folders(join(out, 'release')).flatMap(service =>
    folders(join(out, 'release', service)).flatMap(place => {
      const folder = `release/${service}/${place}`;
      const [appSpec, taskDefinition] = ['appspec.yaml', 'taskdef.json'].map(name => join(out, folder, name));
      if (!existsSync(appSpec!) || !existsSync(taskDefinition!)) return [];
      return {
        ...{ folder, service, appSpec: parse(readFileSync(appSpec!, 'utf8')) as Properties },
        taskDefinition: readJson(taskDefinition!) as Properties,
      };
    }),
  );
}

function folders(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort();
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** All resources of these types, in the order of the stacks. */
export function find({ stacks }: Pick<Synthesized, 'stacks'>, ...types: string[]): Found[] {
  return stacks.flatMap(stack =>
    Object.entries(stack.template.Resources)
      .filter(([, { Type }]) => types.includes(Type))
      .map(([logicalId, { Properties }]) => ({ stack, logicalId, properties: Properties ?? {} })),
  );
}

/** The service that a stack belongs to, as its resources' tags tell; undefined for the platform's. */
export function ownerOf({ template }: SynthesizedStack): string | undefined {
  for (const { Properties } of Object.values(template.Resources)) {
    const tags: unknown = Properties?.Tags;
    const owner = Array.isArray(tags)
      ? tags.find(tag => tag?.Key === 'slipway:service')?.Value
      : (tags as Record<string, unknown> | undefined)?.['slipway:service'];
    if (typeof owner === 'string') return owner;
  }
  return undefined;
}

/**
 * Where a reference of a stack leads: to a resource of it, or through an import to one of another stack. What leads
 * out of the assembly has a key all the same, so equal references can be told.
 */
export function follow(
  { stacks }: Pick<Synthesized, 'stacks'>,
  stack: SynthesizedStack,
  reference: unknown,
): { key: string; found?: Found } {
  const logicalId = logicalIdIn(reference);
  const resource = logicalId === undefined ? undefined : stack.template.Resources[logicalId];
  if (logicalId !== undefined && resource !== undefined)
    return {
      key: `${stack.name}/${logicalId}`,
      found: { stack, logicalId, properties: resource.Properties ?? {} },
    };
  const imported = (reference as { 'Fn::ImportValue'?: unknown } | undefined)?.['Fn::ImportValue'];
  if (typeof imported !== 'string') return { key: `${stack.name} ${JSON.stringify(reference)}` };
  for (const exporter of stacks) {
    if (exporter.environment !== stack.environment) continue;
    const output = Object.values(exporter.template.Outputs ?? {}).find(
      ({ Export }) => Export?.Name === imported,
    );
    if (output) return follow({ stacks }, exporter, output.Value);
  }
  return { key: `${stack.environment} ${imported}` };
}

function logicalIdIn(reference: unknown): string | undefined {
  const { Ref, 'Fn::GetAtt': attribute } = (reference ?? {}) as { Ref?: unknown; 'Fn::GetAtt'?: unknown };
  if (typeof Ref === 'string') return Ref;
  if (typeof attribute === 'string') return attribute.split('.')[0];
  return Array.isArray(attribute) && typeof attribute[0] === 'string' ? attribute[0] : undefined;
}
